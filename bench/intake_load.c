/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Posts reports to a server that takes them by HTTP, as fast as it answers.
 *
 * usage: intake_load PORT SECONDS CONNECTIONS SLOW PATH FIRST
 *
 * Each body is a gzip of about 1 KB and a report that nobody had before: what
 * differs stands in a stored block in front of a compressed one that is made
 * once, so that making it takes a microsecond and the processor is left to the
 * server. SLOW connections beside send one octet a second. FIRST numbers the
 * reports. Prints a JSON object: posts, statuses and latencies.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

enum {
    TAILS = 256,      /* bodies that differ in more than their head */
    HEAD_BYTES = 512, /* what differs each time */
    TAIL_BYTES = 4096,
    BODY_BYTES = 8192, /* and the header of the request */
    ANSWER_BYTES = 4096,
    EVENTS = 256,
    BUCKETS = 20000, /* of 0.1 ms */
    DAYS = 3,        /* reports come a day late, or two */
    ORGANIZATIONS = 40
};

/* The compressed rest of a report, and what a gzip says of it at its end. */
struct tail {
    unsigned char packed[TAIL_BYTES];
    size_t packed_bytes;
    uLong crc;
    size_t bytes;
};

struct connection {
    int fd;
    bool is_slow;
    double began;    /* when its request was sent */
    size_t answered; /* octets of its answer */
    char answer[ANSWER_BYTES];
};

struct load {
    struct tail tails[TAILS];
    struct sockaddr_in address;
    const char *path;
    int epoll;
    uint64_t next; /* number of the next report */
    uint64_t posts;
    uint64_t statuses[600];
    uint64_t latencies[BUCKETS];
    uint64_t slow_ended;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- Reports ------------------------------------------------------------- */

static unsigned draw(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static size_t write_detail(char *out, size_t bytes, unsigned i, unsigned d,
                           unsigned *seed)
{
    return (size_t)snprintf(
        out, bytes,
        "%s{\"result-type\":\"%s\",\"sending-mta-ip\":\"192.0.2.%u\","
        "\"receiving-mx-hostname\":\"mx%u.d%u.example.com\","
        "\"receiving-ip\":\"203.0.113.%u\",\"failed-session-count\":3}",
        d ? "," : "", d ? "starttls-not-supported" : "certificate-expired",
        draw(seed) & 255, 1 + d % 2, i, d);
}

/*
 * As large receivers send them: one policy, two of five with failures. Names
 * of MX hosts that no compression helps fill it up to the KB.
 */
static size_t write_tail(char *out, size_t bytes, unsigned i)
{
    const unsigned n_details = i % 5 == 0 ? 1 : i % 5 == 1 ? 3 : 0;
    unsigned seed = i * 2654435761u + 1;
    size_t n = (size_t)snprintf(
        out, bytes,
        ",\"contact-info\":\"tls@sender.example\",\"policies\":[{\"policy\":{"
        "\"policy-type\":\"sts\",\"policy-domain\":\"d%u.example.com\","
        "\"policy-string\":[\"version: STSv1\",\"mode: enforce\","
        "\"max_age: 604800\"],\"mx-host\":[\"mx1.d%u.example.com\"",
        i, i);

    for (unsigned k = 0; k < 30; k++)
        n += (size_t)snprintf(
            out + n, bytes - n, ",\"m%06x%06x%06x%06x.d%u.example.com\"",
            draw(&seed), draw(&seed), draw(&seed), draw(&seed), i);
    n += (size_t)snprintf(out + n, bytes - n,
                          "]},\"summary\":{"
                          "\"total-successful-session-count\":%u,"
                          "\"total-failure-session-count\":%u}",
                          100 + i * 7, n_details * 3);
    if (n_details)
        n += (size_t)snprintf(out + n, bytes - n, ",\"failure-details\":[");
    for (unsigned d = 0; d < n_details; d++)
        n += write_detail(out + n, bytes - n, i, d, &seed);
    n += (size_t)snprintf(out + n, bytes - n, "%s}]}", n_details ? "]" : "");
    return n;
}

static void make_tail(struct tail *tail, unsigned i)
{
    char text[TAIL_BYTES];
    size_t bytes = write_tail(text, sizeof(text), i);
    z_stream z = { .next_in = (Bytef *)text, .avail_in = (uInt)bytes };

    z.next_out = tail->packed;
    z.avail_out = sizeof(tail->packed);
    if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        die("deflate");
    tail->packed_bytes = z.total_out;
    tail->bytes = bytes;
    tail->crc = crc32(0, (const Bytef *)text, (uInt)bytes);
    deflateEnd(&z);
}

static void put(unsigned char **at, const void *octets, size_t n)
{
    memcpy(*at, octets, n);
    *at += n;
}

static void put_number(unsigned char **at, uint64_t number, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        *(*at)++ = (unsigned char)(number >> 8 * i);
}

/* RFC 1952: header, a stored block, the compressed one, CRC and length. */
static size_t pack(const struct tail *tail, const char *head, size_t n,
                   unsigned char *out)
{
    static const unsigned char header[10] = { 0x1f, 0x8b, 8, [9] = 3 };
    unsigned char *at = out;
    uLong crc = crc32_combine(crc32(0, (const Bytef *)head, (uInt)n), tail->crc,
                              (z_off_t)tail->bytes);

    put(&at, header, sizeof(header));
    put_number(&at, 0, 1);
    put_number(&at, n, 2);
    put_number(&at, ~n, 2);
    put(&at, head, n);
    put(&at, tail->packed, tail->packed_bytes);
    put_number(&at, crc, 4);
    put_number(&at, n + tail->bytes, 4);
    return (size_t)(at - out);
}

static size_t make_request(struct load *load, unsigned char *out)
{
    const uint64_t i = load->next++;
    unsigned char body[BODY_BYTES];
    char head[HEAD_BYTES];
    unsigned day = (unsigned)(i % DAYS);
    int n = snprintf(
        head, sizeof(head),
        "{\"organization-name\":\"Sender %u\",\"report-id\":\"load-%llu\","
        "\"date-range\":{\"start-datetime\":\"2026-%02u-%02uT00:00:00Z\","
        "\"end-datetime\":\"2026-%02u-%02uT23:59:59Z\"}",
        (unsigned)(i * 7 % ORGANIZATIONS), (unsigned long long)i, 9 + day / 30,
        1 + day % 30, 9 + day / 30, 1 + day % 30);
    size_t bytes = pack(&load->tails[i % TAILS], head, (size_t)n, body);
    int fields = snprintf((char *)out, BODY_BYTES,
                          "POST %s HTTP/1.1\r\nHost: reports.example\r\n"
                          "Content-Type: application/tlsrpt+gzip\r\n"
                          "Content-Length: %zu\r\n\r\n",
                          load->path, bytes);

    memcpy(out + fields, body, bytes);
    return (size_t)fields + bytes;
}

/* ---- Connections --------------------------------------------------------- */

static void open_connection(struct load *load, struct connection *connection)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
    const int on = 1;

    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 ||
        connect(connection->fd, (struct sockaddr *)&load->address,
                sizeof(load->address)))
        die("connect");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

static void post(struct load *load, struct connection *connection)
{
    unsigned char request[BODY_BYTES + 512];
    size_t bytes = make_request(load, request);

    /* One of 1 KB always fits into an empty socket. */
    if (send(connection->fd, request, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
        die("send");
    connection->began = now();
    connection->answered = 0;
}

/* Where the answer is whole. Returns: its status, 0 where more is to come. */
static unsigned answer_status(const struct connection *connection)
{
    const char *end =
        memmem(connection->answer, connection->answered, "\r\n\r\n", 4);
    const char *length;
    size_t bytes;

    if (!end)
        return 0;
    length = memmem(connection->answer, connection->answered,
                    "Content-Length: ", 16);
    bytes = (size_t)(end + 4 - connection->answer) +
            (length ? strtoul(length + 16, NULL, 10) : 0);
    return connection->answered >= bytes
               ? (unsigned)strtoul(connection->answer + 9, NULL, 10)
               : 0;
}

static void note(struct load *load, const struct connection *connection,
                 unsigned status)
{
    size_t bucket = (size_t)((now() - connection->began) * 1e4);

    load->posts++;
    load->statuses[status < 600 ? status : 0]++;
    load->latencies[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static void hear(struct load *load, struct connection *connection)
{
    ssize_t n = recv(connection->fd, connection->answer + connection->answered,
                     sizeof(connection->answer) - 1 - connection->answered, 0);
    unsigned status;

    if (n <= 0 && connection->is_slow) {
        load->slow_ended++;
        close(connection->fd);
        open_connection(load, connection);
        return;
    }
    if (connection->is_slow)
        return;
    if (n <= 0) {
        load->statuses[0]++;
        close(connection->fd);
        open_connection(load, connection);
        post(load, connection);
        return;
    }
    connection->answered += (size_t)n;
    connection->answer[connection->answered] = '\0';
    status = answer_status(connection);
    if (!status)
        return;
    note(load, connection, status);
    post(load, connection);
}

static void drip(struct connection *connections, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)!send(connections[i].fd, "P", 1, MSG_NOSIGNAL);
}

static void run(struct load *load, struct connection *connections, size_t n,
                size_t n_slow, double seconds)
{
    const double end = now() + seconds;
    double next_drip = 0;

    for (size_t i = 0; i < n; i++)
        post(load, &connections[i]);
    while (now() < end) {
        struct epoll_event events[EVENTS];
        int met = epoll_wait(load->epoll, events, EVENTS, 100);

        for (int i = 0; i < met; i++)
            hear(load, events[i].data.ptr);
        if (now() >= next_drip) {
            drip(connections + n, n_slow);
            next_drip = now() + 1;
        }
    }
}

/* ---- The whole ----------------------------------------------------------- */

static double percentile(const struct load *load, double share)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        sum += load->latencies[i];
        if ((double)sum >= share * (double)load->posts)
            return (double)(i + 1) / 10;
    }
    return 0;
}

static void print(const struct load *load, double seconds)
{
    printf("{\"posts\": %llu, \"seconds\": %.3f, \"p50_ms\": %.1f, "
           "\"p99_ms\": %.1f, \"p999_ms\": %.1f, \"slow_ended\": %llu, "
           "\"statuses\": {",
           (unsigned long long)load->posts, seconds, percentile(load, 0.5),
           percentile(load, 0.99), percentile(load, 0.999),
           (unsigned long long)load->slow_ended);
    for (unsigned i = 0, n = 0; i < 600; i++)
        if (load->statuses[i])
            printf("%s\"%u\": %llu", n++ ? ", " : "", i,
                   (unsigned long long)load->statuses[i]);
    printf("}}\n");
}

int main(int argc, char **argv)
{
    static struct load load;
    size_t n, n_slow;
    struct connection *connections;
    double began;

    if (argc != 7) {
        fprintf(stderr, "usage: intake_load PORT SECONDS CONNECTIONS SLOW PATH "
                        "FIRST\n");
        return 2;
    }
    n = strtoul(argv[3], NULL, 10);
    n_slow = strtoul(argv[4], NULL, 10);
    load.path = argv[5];
    load.next = strtoull(argv[6], NULL, 10);
    load.address =
        (struct sockaddr_in){ .sin_family = AF_INET,
                              .sin_port =
                                  htons((uint16_t)strtoul(argv[1], NULL, 10)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < TAILS; i++)
        make_tail(&load.tails[i], i);
    connections = calloc(n + n_slow, sizeof(*connections));
    if (load.epoll < 0 || !connections)
        die("start");
    for (size_t i = 0; i < n + n_slow; i++) {
        connections[i].is_slow = i >= n;
        open_connection(&load, &connections[i]);
    }
    began = now();
    run(&load, connections, n, n_slow, strtod(argv[2], NULL));
    print(&load, now() - began);
    free(connections);
    return 0;
}
