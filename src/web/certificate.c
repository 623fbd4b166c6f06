/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/certificate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* A chain has three of them or four. */
enum { CHAIN_MAX = 10 };

/* What the files held when they were read. */
struct content {
    gnutls_x509_crt_t chain[CHAIN_MAX];
    unsigned n;
    gnutls_x509_privkey_t key;
};

struct certificate {
    pthread_mutex_t lock;
    struct content content; /* under lock */
};

static void free_content(struct content *content)
{
    for (unsigned i = 0; i < content->n; i++)
        gnutls_x509_crt_deinit(content->chain[i]);
    if (content->key)
        gnutls_x509_privkey_deinit(content->key);
    *content = (struct content){ .n = 0 };
}

static int read_file(const char *name, gnutls_datum_t *out, struct err *err)
{
    int status = gnutls_load_file(name, out);

    if (status < 0)
        return err_set(err, ERR_SYSTEM, "%.200s cannot be read", name);
    return 0;
}

static int read_chain(const char *name, struct content *content,
                      struct err *err)
{
    unsigned n = CHAIN_MAX;
    gnutls_datum_t text;
    int status;

    if (read_file(name, &text, err))
        return -1;
    status = gnutls_x509_crt_list_import(
        content->chain, &n, &text, GNUTLS_X509_FMT_PEM,
        GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED | GNUTLS_X509_CRT_LIST_SORT);
    gnutls_free(text.data);
    if (status < 1)
        return err_set(err, ERR_USAGE,
                       "%.150s holds no chain of certificates (PEM): %s", name,
                       gnutls_strerror(status));
    content->n = n;
    return 0;
}

static int read_key(const char *name, struct content *content, struct err *err)
{
    gnutls_datum_t text;
    int status;

    if (read_file(name, &text, err))
        return -1;
    status = gnutls_x509_privkey_init(&content->key);
    if (status == 0)
        status = gnutls_x509_privkey_import2(content->key, &text,
                                             GNUTLS_X509_FMT_PEM, NULL, 0);
    /* No key stays in memory that is freed. */
    gnutls_memset(text.data, 0, text.size);
    gnutls_free(text.data);
    if (status < 0)
        return err_set(err, ERR_USAGE,
                       "%.150s holds no key without a password (PEM): %s", name,
                       gnutls_strerror(status));
    return 0;
}

/* The library compares the two when it is given them together. */
static int check_pair(const char *chain_file, const char *key_file,
                      struct content *content, struct err *err)
{
    gnutls_certificate_credentials_t both;
    int status = gnutls_certificate_allocate_credentials(&both);

    if (status == 0) {
        status = gnutls_certificate_set_x509_key(both, content->chain,
                                                 (int)content->n, content->key);
        gnutls_certificate_free_credentials(both);
    }
    if (status < 0)
        return err_set(err, ERR_USAGE, "%.100s and %.100s: %s", chain_file,
                       key_file, gnutls_strerror(status));
    return 0;
}

int certificate_use(struct certificate *certificate, const char *chain_file,
                    const char *key_file, struct err *err)
{
    struct content content = { .n = 0 };
    struct content old;

    if (read_chain(chain_file, &content, err) ||
        read_key(key_file, &content, err) ||
        check_pair(chain_file, key_file, &content, err)) {
        free_content(&content);
        return -1;
    }
    pthread_mutex_lock(&certificate->lock);
    old = certificate->content;
    certificate->content = content;
    pthread_mutex_unlock(&certificate->lock);
    free_content(&old);
    return 0;
}

int certificate_open(const char *chain_file, const char *key_file,
                     struct certificate **out_certificate, struct err *err)
{
    struct certificate *certificate = calloc(1, sizeof(*certificate));

    if (!certificate)
        return err_memory(err);
    pthread_mutex_init(&certificate->lock, NULL);
    if (certificate_use(certificate, chain_file, key_file, err)) {
        certificate_close(certificate);
        return -1;
    }
    *out_certificate = certificate;
    return 0;
}

static void free_chain(gnutls_pcert_st *chain, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        gnutls_pcert_deinit(&chain[i]);
    gnutls_free(chain);
}

static int copy_key(gnutls_x509_privkey_t key, gnutls_privkey_t *out_key)
{
    if (gnutls_privkey_init(out_key) < 0)
        return -1;
    if (gnutls_privkey_import_x509(*out_key, key, GNUTLS_PRIVKEY_IMPORT_COPY) ==
        0)
        return 0;
    gnutls_privkey_deinit(*out_key);
    return -1;
}

static int copy(const struct content *content, gnutls_pcert_st **out_chain,
                gnutls_privkey_t *out_key)
{
    gnutls_pcert_st *chain = gnutls_calloc(content->n, sizeof(*chain));
    unsigned n = 0;

    if (!chain)
        return -1;
    while (n < content->n &&
           gnutls_pcert_import_x509(&chain[n], content->chain[n], 0) == 0)
        n++;
    if (n < content->n || copy_key(content->key, out_key)) {
        free_chain(chain, n);
        return -1;
    }
    *out_chain = chain;
    return 0;
}

int certificate_give(struct certificate *certificate,
                     struct gnutls_pcert_st **out_chain, unsigned *out_n,
                     struct gnutls_privkey_st **out_key)
{
    int status;

    pthread_mutex_lock(&certificate->lock);
    status = copy(&certificate->content, out_chain, out_key);
    *out_n = certificate->content.n;
    pthread_mutex_unlock(&certificate->lock);
    return status;
}

static utc_time time_of(time_t time)
{
    return time == (time_t)-1 ? UTC_NONE : (utc_time)time;
}

struct certificate_life certificate_life(struct certificate *certificate)
{
    struct certificate_life life;

    pthread_mutex_lock(&certificate->lock);
    life.begins_at = time_of(
        gnutls_x509_crt_get_activation_time(certificate->content.chain[0]));
    life.ends_at = time_of(
        gnutls_x509_crt_get_expiration_time(certificate->content.chain[0]));
    pthread_mutex_unlock(&certificate->lock);
    return life;
}

void certificate_close(struct certificate *certificate)
{
    if (!certificate)
        return;
    free_content(&certificate->content);
    pthread_mutex_destroy(&certificate->lock);
    free(certificate);
}
