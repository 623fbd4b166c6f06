/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "web/certificate.h"

enum { PATH_BYTES = 64, SERIAL_BYTES = 8 };

/* A folder with a chain and a key. */
struct files {
    char folder[PATH_BYTES];
    char chain[PATH_BYTES + 16];
    char key[PATH_BYTES + 16];
};

static void write_file(const char *name, const void *octets, size_t n)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(octets, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static gnutls_x509_privkey_t make_key(const struct files *files)
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t text;

    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(
                         key, GNUTLS_PK_ECDSA,
                         GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                     0);
    assert_int_equal(
        gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(files->key, text.data, text.size);
    gnutls_free(text.data);
    return key;
}

/* Signed by itself, known by its serial number. */
static void write_pair(const struct files *files, unsigned char serial)
{
    gnutls_x509_privkey_t key = make_key(files);
    gnutls_x509_crt_t crt;
    gnutls_datum_t text;

    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    gnutls_x509_crt_set_version(crt, 3);
    gnutls_x509_crt_set_serial(crt, &serial, 1);
    gnutls_x509_crt_set_activation_time(crt, time(NULL) - 3600);
    gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 3600);
    gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, "t", 1);
    gnutls_x509_crt_set_key(crt, key);
    assert_int_equal(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0),
                     0);
    assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &text),
                     0);
    write_file(files->chain, text.data, text.size);
    gnutls_free(text.data);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
}

static int set_up(void **state)
{
    struct files *files = calloc(1, sizeof(*files));

    assert_non_null(files);
    snprintf(files->folder, sizeof(files->folder), "/tmp/tlsrpt-cert-XXXXXX");
    assert_non_null(mkdtemp(files->folder));
    snprintf(files->chain, sizeof(files->chain), "%s/chain", files->folder);
    snprintf(files->key, sizeof(files->key), "%s/key", files->folder);
    write_pair(files, 1);
    *state = files;
    return 0;
}

static int tear_down(void **state)
{
    struct files *files = *state;

    unlink(files->chain);
    unlink(files->key);
    rmdir(files->folder);
    free(files);
    return 0;
}

/* The serial number of what a handshake gets. */
static int shown(struct certificate *certificate)
{
    unsigned char serial[SERIAL_BYTES] = { 0 };
    size_t bytes = sizeof(serial);
    gnutls_pcert_st *chain;
    gnutls_privkey_t key;
    gnutls_x509_crt_t crt;
    unsigned n;

    assert_int_equal(certificate_give(certificate, &chain, &n, &key), 0);
    assert_int_equal(n, 1);
    assert_int_equal(gnutls_pcert_export_x509(chain, &crt), 0);
    assert_int_equal(gnutls_x509_crt_get_serial(crt, serial, &bytes), 0);
    gnutls_x509_crt_deinit(crt);
    gnutls_pcert_deinit(chain);
    gnutls_free(chain);
    gnutls_privkey_deinit(key);
    return serial[bytes - 1];
}

static struct certificate *open_pair(const struct files *files)
{
    struct certificate *certificate;
    struct err err;

    assert_int_equal(
        certificate_open(files->chain, files->key, &certificate, &err), 0);
    return certificate;
}

static void a_new_pair_takes_the_place_of_the_old(void **state)
{
    const struct files *files = *state;
    struct certificate *certificate = open_pair(files);
    struct err err;

    assert_int_equal(shown(certificate), 1);
    write_pair(files, 2);
    assert_int_equal(shown(certificate), 1);
    assert_int_equal(
        certificate_use(certificate, files->chain, files->key, &err), 0);
    assert_int_equal(shown(certificate), 2);
    certificate_close(certificate);
}

static void a_bad_pair_changes_nothing(void **state)
{
    const struct files *files = *state;
    struct certificate *certificate = open_pair(files);
    struct err err;

    gnutls_x509_privkey_deinit(make_key(files)); /* of no certificate */
    assert_int_equal(
        certificate_use(certificate, files->chain, files->key, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    write_file(files->chain, "rubbish", 7);
    assert_int_equal(
        certificate_use(certificate, files->chain, files->key, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    write_pair(files, 3);
    write_file(files->key, "rubbish", 7);
    assert_int_equal(
        certificate_use(certificate, files->chain, files->key, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    unlink(files->key);
    assert_int_equal(
        certificate_use(certificate, files->chain, files->key, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(shown(certificate), 1);
    certificate_close(certificate);
}

static void what_is_not_there_cannot_be_opened(void **state)
{
    const struct files *files = *state;
    struct certificate *certificate;
    struct err err;

    unlink(files->chain);
    assert_int_equal(
        certificate_open(files->chain, files->key, &certificate, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_non_null(strstr(err.text, files->chain));
    certificate_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_pair_takes_the_place_of_the_old,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_pair_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_cannot_be_opened,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
