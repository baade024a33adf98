// SPDX-License-Identifier: GPL-2.0-only
/* Facts: what is written comes back, and what another nscheck may have meant is refused by every reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/matrix.h"
#include "results/merge.h"
#include "results/times.h"
#include "runner/base/mem.h"
#include "runner/tests/tests.h"

static char dir[64];
static struct fault fault;

static void setup(void)
{
	fault = (struct fault){0};
	strcpy(dir, "/tmp/nscheck-facts-XXXXXX");
	ck_assert(mkdtemp(dir));
}

static void teardown(void)
{
	char *command = mem_printf("rm -rf '%s'", dir);

	ck_assert_int_eq(system(command), 0);
	free(command);
}

static char *put_file(const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", dir, name);
	FILE *f = fopen(path, "we");

	ck_assert(f);
	ck_assert(fputs(text, f) >= 0);
	ck_assert(fclose(f) == 0);
	return path;
}

/* What is written is what is read and written again. */
static void comes_back(const char *text)
{
	json_t *object = json_loads(text, 0, NULL);
	struct facts f = {0};

	ck_assert_ptr_nonnull(object);
	facts_read(&f, object);
	json_t *again = facts_write(&f);
	ck_assert_msg(json_equal(object, again), "%s", text);
	json_decref(again);
	json_decref(object);
	facts_free(&f);
}

START_TEST(facts_come_back)
{
	comes_back("{\"journal_schema\":1}");
	comes_back(
		"{\"journal_schema\":1,\"id\":\"x\",\"started\":\"t\",\"command\":\"c\",\"kernel\":{\"name\":"
		"\"n\",\"release\":\"r\",\"package\":\"p\",\"version\":\"v\",\"image\":\"i\",\"sha256\":"
		"\"s\"},"
		"\"runtime\":{\"name\":\"n\",\"version\":\"v\",\"package\":\"p\",\"path\":\"/p\"},\"qemu\":{"
		"\"version\":\"v\",\"command\":\"c\",\"cpus_online\":1},\"accel\":\"tcg\",\"initrd\":\"i\","
		"\"host\":{\"cpu\":"
		"\"c\",\"cpus\":2,\"release\":\"r\"},\"suites\":\"s\",\"folder\":\"/f\",\"arguments\":[\"a\","
		"\"\"],\"options\":{\"repeat\":3,\"sabotage\":true},\"resumed\":2}");
	comes_back("{\"journal_schema\":1,\"arguments\":[]}");
}
END_TEST

START_TEST(what_changed_is_added)
{
	json_t *change = json_pack("{s:s,s:{s:s}}", "accel", "tcg", "kernel", "release", "6.1");
	struct facts f = {.accel = mem_strdup("kvm"),
			  .kernel.name = mem_strdup("k"),
			  .host.cpus = 2,
			  .qemu.cpus_online = 1};

	facts_read(&f, change);
	ck_assert_str_eq(f.accel, "tcg");
	ck_assert_str_eq(f.kernel.name, "k");
	ck_assert_str_eq(f.kernel.release, "6.1");
	ck_assert_int_eq(f.host.cpus, 2);
	ck_assert_int_eq(f.qemu.cpus_online, 1);
	json_decref(change);
	facts_free(&f);
}
END_TEST

START_TEST(an_end_comes_back)
{
	for (int how = END_KILLED; how <= END_FAULT; how++) {
		struct run_end e = {.how = (enum run_end_how)how, .fault = how == END_FAULT ? "why" : NULL},
			       again = {0};

		e.timed = how != END_KILLED;
		for (int i = 0; e.timed && i < SHARES; i++)
			e.ms[i] = i + 1;
		json_t *object = run_end_write(&e);
		run_end_read(&again, object);
		ck_assert_int_eq(again.how, e.how);
		ck_assert(!again.fault == !e.fault && again.timed == e.timed);
		ck_assert_mem_eq(again.ms, e.ms, sizeof(e.ms));
		json_decref(object);
		run_end_free(&again);
	}
}
END_TEST

START_TEST(a_matrix_comes_back)
{
	static const char text[] = "{\"schema\":1,\"id\":\"x\",\"started\":\"t\",\"suites\":\"s\",\"folder\":"
				   "\"/f\",\"arguments\":[\"a\"],\"runs\":[{\"name\":\"a/"
				   "b\",\"folder\":\"a-b\"}],"
				   "\"shard\":{\"part\":1,\"parts\":2,\"kernels\":[\"a/"
				   "b\"],\"selection\":[],\"catalogue\":\"c\","
				   "\"times\":\"t\"},\"parts\":2}";
	json_t *object = json_loads(text, 0, NULL);
	struct matrix_facts m = {0};

	ck_assert_int_eq(matrix_facts_read(&m, object, "f", &fault), 0);
	json_t *again = matrix_facts_write(&m);
	ck_assert(json_equal(object, again));
	json_decref(again);
	json_decref(object);
	matrix_facts_free(&m);
}
END_TEST

static void is_refused(int ret, const char *path, const char *why)
{
	char *want = mem_printf("%s %s", path, why);

	ck_assert_int_lt(ret, 0);
	ck_assert_int_eq(fault.status, EXIT_BAD_INPUT);
	ck_assert_str_eq(fault.text, want);
	free(want);
	fault = (struct fault){0};
}

#define NEWER   "is of schema 2, and this nscheck reads 1"
#define UNKNOWN "tells no schema: this nscheck did not write it"

START_TEST(a_journal_of_another_schema_is_refused)
{
	char *path = put_file("journal.ndjson", "{\"type\":\"run\",\"journal_schema\":2,\"plan\":[]}\n");
	struct times times;
	struct run run;

	is_refused(run_load(&run, dir, &fault), path, NEWER);
	is_refused(times_load(&times, dir, &fault), path, NEWER);
	times_free(&times);
	free(path);
	path = put_file("journal.ndjson", "{\"type\":\"run\",\"plan\":[]}\n");
	is_refused(run_load(&run, dir, &fault), path, UNKNOWN);
	free(path);
}
END_TEST

START_TEST(results_of_another_schema_are_refused)
{
	char *path = put_file("results.json", "{\"schema\":2,\"tests\":[]}");
	struct times times;
	struct run run;

	is_refused(run_load_results(&run, path, &fault), path, NEWER);
	is_refused(times_load(&times, path, &fault), path, NEWER);
	times_free(&times);
	free(path);
	path = put_file("results.json", "{\"tests\":[]}");
	is_refused(run_load_results(&run, path, &fault), path, UNKNOWN);
	free(path);
}
END_TEST

START_TEST(a_matrix_with_such_a_journal_is_refused)
{
	free(put_file("matrix.json", "{\"schema\":1,\"runs\":[{\"name\":\"a\",\"folder\":\"a\"}]}"));
	char *sub = mem_printf("%s/a", dir);
	struct times times;
	struct matrix m;

	ck_assert_int_eq(mkdir(sub, 0755), 0);
	char *path = put_file("a/journal.ndjson", "{\"type\":\"run\",\"journal_schema\":2,\"plan\":[]}\n");
	is_refused(matrix_load(&m, dir, &fault), path, NEWER);
	matrix_free(&m);
	is_refused(times_load(&times, dir, &fault), path, NEWER);
	times_free(&times);
	free(path);
	free(sub);
}
END_TEST

START_TEST(a_matrix_of_another_schema_is_refused)
{
	char *path = put_file("matrix.json", "{\"schema\":2,\"runs\":[{\"name\":\"a\",\"folder\":\"a\"}]}");
	char *parts[] = {dir};
	struct times times;
	struct matrix m;

	is_refused(matrix_load(&m, dir, &fault), path, NEWER);
	matrix_free(&m);
	is_refused(times_load(&times, dir, &fault), path, NEWER);
	times_free(&times);
	is_refused(merge_parts(parts, 1, dir, "id", &fault), path, NEWER);
	free(path);
}
END_TEST

static Suite *facts(void)
{
	Suite *s = suite_create("results/facts");
	TCase *t = tcase_create("facts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, facts_come_back);
	tcase_add_test(t, what_changed_is_added);
	tcase_add_test(t, an_end_comes_back);
	tcase_add_test(t, a_matrix_comes_back);
	tcase_add_test(t, a_journal_of_another_schema_is_refused);
	tcase_add_test(t, results_of_another_schema_are_refused);
	tcase_add_test(t, a_matrix_with_such_a_journal_is_refused);
	tcase_add_test(t, a_matrix_of_another_schema_is_refused);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(facts)
