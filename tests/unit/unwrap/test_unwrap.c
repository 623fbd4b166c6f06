/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "unwrap/limits.h"
#include "unwrap/samples.h"
#include "unwrap/unwrap.h"

/* Opens octets and compares what comes out; frees them. */
static void expect(const char *what, struct buffer *octets, const char *name,
                   const char *want)
{
    struct buffer got;

    buffer_init(&got, 1 << 20);
    sample_unwrap(&got, buffer_slice(octets), name);
    if (strcmp(buffer_text(&got), want) != 0)
        fail_msg("%s:\n got  %s\n want %s", what, buffer_text(&got), want);
    buffer_deinit(&got);
    buffer_deinit(octets);
}

static const struct {
    const char *what, *octets;
    size_t len; /* 0: up to the NUL */
    const char *name, *want;
} plain[] = {
    { "JSON", SAMPLE_JSON, 0, NULL, "-:" SAMPLE_JSON "[];" },
    { "JSON with a name", SAMPLE_JSON, 0, "r.json",
      "r.json:" SAMPLE_JSON "[];" },
    { "JSON named gzip", SAMPLE_JSON, 0, "r.json.GZ",
      "r.json.GZ:" SAMPLE_JSON "[name-mismatch@];" },
    { "JSON named zip", SAMPLE_JSON, 0, "r.zip",
      "r.zip:" SAMPLE_JSON "[name-mismatch@];" },
    { "blanks before", " \r\n" SAMPLE_JSON, 0, NULL,
      "-: \r\n" SAMPLE_JSON "[];" },
    { "BOM", "\xef\xbb\xbf" SAMPLE_JSON, 0, NULL, "-:" SAMPLE_JSON "[bom@];" },
    { "UTF-16 little endian", "\xff\xfe{\0}\0", 6, NULL, "-:{}[utf-16@];" },
    { "UTF-16 big endian", "\xfe\xff\0{\0}", 6, NULL, "-:{}[utf-16@];" },
    { "UTF-16 of nothing", "\xff\xfe", 2, NULL,
      "-!empty[utf-16@ input-empty@];" },
    { "other text", "hello", 0, "x.txt", "x.txt:hello[];" },
    { "nothing", "", 0, NULL, "-!empty[input-empty@];" },
    { "blanks", " \r\n\t", 0, NULL, "-!empty[input-empty@];" },
    { "BOM alone", "\xef\xbb\xbf", 0, NULL, "-!empty[input-empty@];" },
    { "DMARC", "<?xml version=\"1.0\"?>\n<feedback>\n", 0, NULL,
      "-~<?xml version=\"1.0\"?>\n<feedback>\n[];" },
    { "DMARC without prolog", "\n<feedback xmlns=\"x\">", 0, NULL,
      "-~\n<feedback xmlns=\"x\">[];" },
    { "DMARC behind other text", "unused <ns0:FeedBack >", 0, NULL,
      "-~unused <ns0:FeedBack >[];" },
    { "no DMARC", "unused <feed:back >", 0, NULL, "-:unused <feed:back >[];" },
    { "DMARC named gzip", "<feedback>", 0, "r.xml.gz",
      "r.xml.gz~<feedback>[name-mismatch@];" },
    { "DMARC in UTF-16", "\xff\xfe<\0f\0e\0e\0d\0b\0a\0c\0k\0>\0", 22, NULL,
      "-~<feedback>[utf-16@];" },
    { "other XML", "<html>", 0, NULL, "-~<html>[];" },
    { "zlib stream", "x\x9c\x03\0\0\0\0\x01", 8, NULL,
      "-!not JSON: a zlib stream without gzip header[container-unknown@];" },
    { "xz", "\xfd\x37zXZ\0", 6, NULL,
      "-!not JSON: packed by other means than gzip or zip"
      "[container-unknown@];" },
    { "gzip magic alone", "\x1f\x8b", 2, NULL,
      "-!gzip is truncated[container-damaged@];" },
    { "zip magic alone", "PK\x03\x04", 4, NULL,
      "-!zip is truncated: it has no directory"
      "[container-zip@ container-damaged@];" },
};

static void octets_without_container(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct buffer octets;

        buffer_init(&octets, 1 << 16);
        buffer_add(&octets, plain[i].octets,
                   plain[i].len ? plain[i].len : strlen(plain[i].octets));
        expect(plain[i].what, &octets, plain[i].name, plain[i].want);
    }
}

/* Gzips text n times. */
static void gzip_times(struct buffer *octets, const char *text, unsigned n)
{
    buffer_init(octets, 1 << 20);
    buffer_add_text(octets, text);
    while (n--) {
        struct buffer outer;

        buffer_init(&outer, 1 << 20);
        sample_gzip(&outer, buffer_slice(octets));
        buffer_deinit(octets);
        *octets = outer;
    }
}

static void gzip_up_to_three_times(void **state)
{
    static const char *const wants[] = {
        "r.json.gz:" SAMPLE_JSON "[];",
        "r.json.gz:" SAMPLE_JSON "[container-nested@gzip];",
        ("r.json.gz:" SAMPLE_JSON
         "[container-nested@gzip container-nested@gzip, gzip];"),
        ("r.json.gz!more than 3 containers one in the other"
         "[container-nested@gzip container-nested@gzip, gzip "
         "container-limit@gzip, gzip, gzip];"),
    };
    struct buffer octets;

    (void)state;
    for (unsigned n = 1; n <= 4; n++) {
        gzip_times(&octets, SAMPLE_JSON, n);
        expect("nested gzip", &octets, "r.json.gz", wants[n - 1]);
    }
}

static void gzip_with_all_that_gateways_add(void **state)
{
    struct buffer octets;

    (void)state;
    gzip_times(&octets, "{\"a\":1}", 1);
    expect("gzip named json", &octets, "r.json",
           "r.json:{\"a\":1}[name-mismatch@];");
    gzip_times(&octets, "{\"a\":1}", 1);
    buffer_add_text(&octets, "\r\n");
    expect("padding", &octets, NULL, "-:{\"a\":1}[gzip-padding@];");
    gzip_times(&octets, "{\"a\":", 1);
    sample_gzip(&octets, SLICE("1}"));
    expect("members", &octets, NULL, "-:{\"a\":1}[gzip-members@];");
    gzip_times(&octets, "\xef\xbb\xbf{}", 1);
    expect("BOM in gzip", &octets, NULL, "-:{}[bom@gzip];");
    gzip_times(&octets, "<feedback>", 1);
    expect("DMARC in gzip", &octets, NULL, "-~<feedback>[];");
    gzip_times(&octets, "", 1);
    expect("nothing in gzip", &octets, NULL, "-!empty[input-empty@gzip];");
    gzip_times(&octets, "Subject: x\n\n{\"a\":1}", 1);
    expect(
        "mail in gzip", &octets, "mails.gz",
        "-:{\"a\":1}[mail-no-tls-report-fields@gzip, mail part 1 "
        "subject-form@gzip, mail part 1 mail-not-multipart@gzip, mail part 1 "
        "media-type@gzip, mail part 1 not-compressed@gzip, mail part 1];");
}

static void zip_archives(void **state)
{
    const struct sample_entry one = { "a!b!1!2.json", SLICE("{}"), 0, 8 };
    const struct sample_entry many[] = {
        { "docs/", SLICE(""), 0, 0 },
        { "readme.txt", SLICE("hello"), 0, 0 },
        { "__MACOSX/._a.json", SLICE("\0\5\x16"), 0, 0 },
        { "a.json", SLICE("{\"a\":1}"), 0, 0 },
        { "b.json", SLICE("[{}]"), 0, 8 },
    };
    const struct sample_entry locked = { "a.json", SLICE("{}"), 1, 0 };
    const struct sample_entry exotic = { "a.json", SLICE("{}"), 0, 12 };
    struct buffer octets, gz;

    (void)state;
    buffer_init(&octets, 1 << 20);
    sample_zip(&octets, &one, 1);
    expect("one entry", &octets, "r.zip", "a!b!1!2.json:{}[container-zip@];");
    buffer_init(&octets, 1 << 20);
    sample_zip(&octets, many, 5);
    expect("several entries", &octets, "r.zip",
           "r.zip:{\"a\":1}[container-zip@];r.zip:[{}][container-zip@];");
    buffer_init(&octets, 1 << 20);
    sample_zip(&octets, many, 3);
    expect("no report", &octets, NULL,
           "-!no report in the zip archive"
           "[container-zip@ container-no-report@];");
    buffer_init(&octets, 1 << 20);
    sample_zip(&octets, &locked, 1);
    expect("encrypted", &octets, NULL,
           "a.json!zip entry is encrypted"
           "[container-zip@ container-damaged@zip entry 1];");
    buffer_init(&octets, 1 << 20);
    sample_zip(&octets, &exotic, 1);
    expect("other method", &octets, NULL,
           "a.json!zip entry is packed by a method other than deflate"
           "[container-zip@ container-damaged@zip entry 1];");
    buffer_init(&octets, 1 << 20);
    sample_zip(&octets, &one, 1);
    buffer_init(&gz, 1 << 20);
    sample_gzip(&gz, buffer_slice(&octets));
    buffer_deinit(&octets);
    expect("zip in gzip", &gz, "r.gz",
           "a!b!1!2.json:{}[container-nested@gzip container-zip@gzip];");
}

/* The reports before the cap are given, and those behind it are told of. */
static void a_zip_of_too_many_files_says_so(void **state)
{
    struct sample_entry entries[UNWRAP_MAX_ZIP_FILES + 1];
    const char *last;
    struct buffer zip, got;

    (void)state;
    for (size_t i = 0; i <= UNWRAP_MAX_ZIP_FILES; i++)
        entries[i] = (struct sample_entry){ "a.json", SLICE("{}"), 0, 0 };
    buffer_init(&zip, 1 << 20);
    buffer_init(&got, 1 << 20);
    sample_zip(&zip, entries, UNWRAP_MAX_ZIP_FILES + 1);
    sample_unwrap(&got, buffer_slice(&zip), "r.zip");
    last = strchr(buffer_text(&got), '!');
    assert_int_equal(last - got.ptr,
                     UNWRAP_MAX_ZIP_FILES *
                             strlen("r.zip:{}[container-zip@];") +
                         strlen("r.zip"));
    assert_string_equal(last,
                        "!zip holds more than 400 files; those behind them "
                        "were not read[container-zip@ container-limit@];");
    buffer_deinit(&zip);
    buffer_deinit(&got);
}

static int stop(void *context, struct unwrap_candidate *candidate,
                struct err *err)
{
    (void)candidate;
    ++*(unsigned *)context;
    return err_set(err, ERR_USAGE, "enough") - 6;
}

/* Whatever the container: the caller's result and error come back as set. */
static void the_callers_result_comes_back(void **state)
{
    const struct sample_entry entries[] = { { "a.json", SLICE("{}"), 0, 0 },
                                            { "b.json", SLICE("{}"), 0, 0 } };
    static const char *const mail =
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\n{}\n--b\n\n{}\n--b--\n";
    struct buffer inputs[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        buffer_init(&inputs[i], 1 << 20);
    buffer_add_text(&inputs[0], "{}");
    sample_gzip(&inputs[1], SLICE("{}"));
    sample_zip(&inputs[2], entries, 2);
    buffer_add_text(&inputs[3], mail);
    for (size_t i = 0; i < 4; i++) {
        struct err err = { .kind = ERR_NONE };
        struct arena arena;
        unsigned n = 0;

        arena_init(&arena, 1 << 20);
        assert_int_equal(
            unwrap_each(&arena, buffer_slice(&inputs[i]), NULL, stop, &n, &err),
            -7);
        assert_int_equal(n, 1);
        assert_int_equal(err.kind, ERR_USAGE);
        arena_deinit(&arena);
        buffer_deinit(&inputs[i]);
    }
}

static int keep_text(void *context, struct unwrap_candidate *candidate,
                     struct err *err)
{
    (void)err;
    *(char **)context = candidate->text;
    return 0;
}

/* The size that a file may have is that of what it may unwrap to, too. */
static void plain_text_is_copied_unless_the_caller_lets_go(void **state)
{
    char octets[] = "\xef\xbb\xbf{}";
    struct arena arena;
    char *text = NULL;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        unwrap_each(&arena, slice_of(octets), NULL, keep_text, &text, NULL), 0);
    assert_true(text && (text < octets || text > octets + sizeof octets));
    assert_int_equal(unwrap_each_in_place(&arena, octets, sizeof octets - 1,
                                          NULL, keep_text, &text, NULL),
                     0);
    assert_ptr_equal(text, octets + 3);
    arena_deinit(&arena);
}

static int count(void *context, struct unwrap_candidate *candidate,
                 struct err *err)
{
    unsigned *n = context;

    (void)err;
    n[candidate->refused != NULL]++;
    return 0;
}

/* Text of 40 MiB that packs about 30 to 1, below the ratio cap. */
static struct slice make_large_text(void)
{
    size_t bytes = 40 << 20;
    char *text = malloc(bytes);
    uint32_t seed = 1;

    assert_non_null(text);
    for (size_t i = 0; i < bytes; i++) {
        seed = seed * 1664525u + 1013904223u;
        text[i] = (char)(seed >> 31 && i % 64 == 0 ? 'a' : '{');
    }
    return slice_make(text, bytes);
}

/* Of two entries the second is over what one input may hold. */
static void expect_second_refused(const struct sample_entry entries[2])
{
    unsigned n[2] = { 0, 0 };
    struct arena arena;
    struct buffer zip;

    buffer_init(&zip, 1 << 26);
    sample_zip(&zip, entries, 2);
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        unwrap_each(&arena, buffer_slice(&zip), NULL, count, n, NULL), 0);
    assert_int_equal(n[0], 1);
    assert_int_equal(n[1], 1);
    arena_deinit(&arena);
    buffer_deinit(&zip);
}

static void all_containers_of_an_input_share_one_cap(void **state)
{
    struct slice text = make_large_text();
    const struct sample_entry deflated[2] = { { "a.json", text, 0, 8 },
                                              { "b.json", text, 0, 8 } };
    struct sample_entry stored[2] = { { "a.gz", { NULL, 0 }, 0, 0 },
                                      { "b.gz", { NULL, 0 }, 0, 0 } };
    struct buffer gz;

    (void)state;
    expect_second_refused(deflated);
    buffer_init(&gz, 1 << 26);
    sample_gzip(&gz, text);
    stored[0].octets = stored[1].octets = buffer_slice(&gz);
    expect_second_refused(stored);
    buffer_deinit(&gz);
    free((char *)(uintptr_t)text.ptr);
}

static void one_gzip_over_the_cap_is_refused(void **state)
{
    struct slice text = make_large_text();
    struct buffer gz;
    size_t member;

    (void)state;
    buffer_init(&gz, 1 << 26);
    sample_gzip(&gz, text);
    member = gz.len;
    assert_non_null(buffer_reserve(&gz, member));
    buffer_add(&gz, gz.ptr, member);
    free((char *)(uintptr_t)text.ptr);
    expect("80 MiB in two members", &gz, NULL,
           "-!gzip expands over 64 MiB[container-limit@];");
}

/* Three octets of UTF-8 for two of UTF-16. */
static void utf16_over_the_cap_is_refused(void **state)
{
    size_t bytes = 46 << 20;
    struct buffer octets;
    char *at;

    (void)state;
    buffer_init(&octets, (size_t)1 << 26);
    buffer_add_text(&octets, "\xff\xfe");
    at = buffer_reserve(&octets, bytes);
    assert_non_null(at);
    memset(at, 0x20, bytes);
    octets.len += bytes;
    expect("46 MiB of U+2020", &octets, NULL,
           "-!UTF-16 text is larger than 64 MiB[utf-16@ container-limit@];");
}

static void candidates_are_counted_and_limited(void **state)
{
    struct buffer mail, archive;
    struct sample_entry entries[16];
    struct arena arena;
    unsigned n[2] = { 0, 0 };

    (void)state;
    for (size_t i = 0; i < 16; i++)
        entries[i] = (struct sample_entry){ "a.json", SLICE("{}"), 0, 0 };
    buffer_init(&archive, 1 << 20);
    sample_zip(&archive, entries, 16);
    buffer_init(&mail, 1 << 20);
    buffer_add_text(&mail, "Subject: x\n"
                           "Content-Type: multipart/mixed; boundary=b\n\n");
    for (size_t i = 0; i < 70; i++) {
        buffer_add_text(&mail, "--b\nContent-Transfer-Encoding: base64\n\n");
        sample_base64(&mail, buffer_slice(&archive), 76);
    }
    buffer_add_text(&mail, "--b--\n");
    arena_init(&arena, 1 << 24);
    assert_int_equal(
        unwrap_each(&arena, buffer_slice(&mail), NULL, count, n, NULL), 0);
    assert_int_equal(n[0], UNWRAP_MAX_CANDIDATES);
    assert_int_equal(n[1], 1);
    arena_deinit(&arena);
    buffer_deinit(&archive);
    buffer_deinit(&mail);
}

static void a_full_arena_is_an_error(void **state)
{
    const struct sample_entry entry = { "a.json", SLICE("{}"), 0, 0 };
    struct buffer zip;

    (void)state;
    buffer_init(&zip, 1 << 20);
    sample_zip(&zip, &entry, 1);
    for (int i = 0; i < 2; i++) {
        struct slice octets = i ? buffer_slice(&zip) : SLICE(" ");
        struct err err = { .kind = ERR_NONE };
        struct arena arena;
        unsigned n[2] = { 0, 0 };

        arena_init(&arena, 16);
        assert_int_equal(unwrap_each(&arena, octets, NULL, count, n, &err), -1);
        assert_int_equal(err.kind, ERR_MEMORY);
        arena_deinit(&arena);
    }
    buffer_deinit(&zip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_without_container),
        cmocka_unit_test(gzip_up_to_three_times),
        cmocka_unit_test(gzip_with_all_that_gateways_add),
        cmocka_unit_test(zip_archives),
        cmocka_unit_test(a_zip_of_too_many_files_says_so),
        cmocka_unit_test(the_callers_result_comes_back),
        cmocka_unit_test(plain_text_is_copied_unless_the_caller_lets_go),
        cmocka_unit_test(all_containers_of_an_input_share_one_cap),
        cmocka_unit_test(one_gzip_over_the_cap_is_refused),
        cmocka_unit_test(utf16_over_the_cap_is_refused),
        cmocka_unit_test(candidates_are_counted_and_limited),
        cmocka_unit_test(a_full_arena_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
