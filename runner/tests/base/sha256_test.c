// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "runner/tests/tests.h"
#include "runner/base/sha256.h"

/* FIPS 180-4 examples, and NIST's million of 'a'. */
static const struct {
	const char *text, *sum;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

START_TEST(known_vectors)
{
	char sum[65];

	sha256_of(vectors[_i].text, strlen(vectors[_i].text), sum);
	ck_assert_str_eq(sum, vectors[_i].sum);
}
END_TEST

START_TEST(a_million_letters_in_uneven_pieces)
{
	char a[997], sum[65];
	struct sha256 s;

	memset(a, 'a', sizeof(a));
	sha256_begin(&s);
	for (size_t left = 1000000, n; left; left -= n) {
		n = left % sizeof(a) ? left % sizeof(a) : sizeof(a);
		sha256_add(&s, a, n);
	}
	sha256_end(&s, sum);
	ck_assert_str_eq(sum, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* The padding takes another block from 56 bytes on: all lengths around it, whole and byte by byte. */
START_TEST(pieces_do_not_matter)
{
	char text[130], whole[65], pieces[65];
	struct sha256 s;

	memset(text, 'x', sizeof(text));
	sha256_of(text, (size_t)_i, whole);
	sha256_begin(&s);
	for (int i = 0; i < _i; i++)
		sha256_add(&s, text + i, 1);
	sha256_end(&s, pieces);
	ck_assert_str_eq(whole, pieces);
}
END_TEST

static Suite *sha256_suite(void)
{
	Suite *suite = suite_create("base/sha256");
	TCase *tc = tcase_create("sha256");

	tcase_add_loop_test(tc, known_vectors, 0, 3);
	tcase_add_test(tc, a_million_letters_in_uneven_pieces);
	tcase_add_loop_test(tc, pieces_do_not_matter, 0, 130);
	suite_add_tcase(suite, tc);
	return suite;
}
HOST_SUITE(sha256_suite)
