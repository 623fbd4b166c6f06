/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/digest.h"

/* The two short vectors of FIPS 180-2 appendix B, and nothing at all. */
static const struct {
    const char *name, *input, *hex;
} vectors[] = {
    { "empty", "",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "abc",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void known_vectors_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        unsigned char out[DIGEST_BYTES];
        char text[DIGEST_HEX_BYTES];

        assert_int_equal(digest_compute(slice_of(vectors[i].input), out), 0);
        assert_string_equal(digest_format(out, text), vectors[i].hex);
    }
}

static void pieces_give_the_digest_of_the_whole(void **state)
{
    struct slice whole = slice_of(vectors[2].input);
    struct digest *digest = digest_new();

    (void)state;
    assert_non_null(digest);
    for (size_t cut = 0; cut <= whole.len; cut++) {
        unsigned char out[DIGEST_BYTES];
        char text[DIGEST_HEX_BYTES];

        /* One value for all: finishing readies it for the next input. */
        digest_add(digest, slice_make(whole.ptr, cut));
        digest_add(digest, slice_skip(whole, cut));
        digest_finish(digest, out);
        assert_string_equal(digest_format(out, text), vectors[2].hex);
    }
    digest_free(digest);
}

static void nothing_is_freed_without_complaint(void **state)
{
    (void)state;
    digest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_vectors_come_out),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test(nothing_is_freed_without_complaint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
