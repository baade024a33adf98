// SPDX-License-Identifier: GPL-2.0-only
/* The reports of one run and of several: nothing that a guest or a user said gets out of its place. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/report.h"
#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/tests/tests.h"

/* What breaks out of XML, HTML, Markdown, workflow commands and JSON where somebody forgot to escape. */
#define HOSTILE                                                                                              \
	"]]> --> </script><script>alert(1)</script> \"'&lt; <img src=x onerror=alert(2)> | ` `` \\| "        \
	"%0A::error::x"                                                                                      \
	"\n::error file=x::y\n\x01\x1b[31m\x7f\x80\xff\r\t"

static struct run runs[3];
static const struct run *list[3];
static char *output;
static size_t output_len;

static struct outcome *add_test(struct run *run, const char *id, int verdict, const char *message)
{
	run->tests = mem_realloc(run->tests, (run->count + 1) * sizeof(*run->tests));

	struct outcome *o = &run->tests[run->count++];
	*o = (struct outcome){
		.id = mem_strdup(id), .file = mem_strdup("suites/a/one.c"), .line = 10, .runs = 1};
	o->statement = mem_strdup("It holds & is <so>.");
	o->source = mem_strdup("none.7");
	run->total[verdict]++;
	if (verdict == VERDICT_MISS)
		return o;
	o->result = result_new(id);
	o->result->verdict = (enum verdict)verdict;
	o->result->duration_ms = 1500;
	o->result->at_ms = 2000;
	result_set(&o->result->message, message);
	return o;
}

static void make_run(struct run *run, const char *name, enum run_end_how how)
{
	*run = (struct run){
		.facts = {.id = mem_strdup(name),
			  .started = mem_strdup("2026-11-24T10:00:00Z"),
			  .command = mem_strdup("./run.sh --kernel 'a b'"),
			  .kernel = {.name = mem_strdup(name), .release = mem_strdup("6.1.0-1-amd64")}},
		.end = {.how = how, .timed = true, .ms[SHARE_TOTAL] = 61500},
		.vms = json_array(),
		.notes = json_array(),
	};
}

/* Two kernels that differ, and one that did not boot. */
static void setup(void)
{
	make_run(&runs[0], "debian/5.10", END_FINISHED);
	make_run(&runs[1], "debian/6.1", END_FINISHED);
	make_run(&runs[2], "debian/9.9", END_FAULT);
	runs[2].end.fault = mem_strdup("no kernel <debian/9.9>");
	for (int i = 0; i < 2; i++) {
		struct outcome *o = add_test(&runs[i], "a.one.hostile", i ? VERDICT_PASS : VERDICT_CRASH,
					     i ? NULL : HOSTILE);

		if (!i) {
			result_set(&o->result->diagnostics, HOSTILE);
			result_set(&o->result->kernel_log, HOSTILE);
			result_set(&o->result->role, "box/in<ner>");
			result_set(&o->result->file, "suites/a/one.c");
			o->result->line = 12;
		}
		o = add_test(&runs[i], "a.one.known", VERDICT_XFAIL, "is 1, expected 2");
		result_set(&o->result->known_reason, HOSTILE);
		result_set(&o->result->known_link, "javascript:alert(3)");
		o->result->observed = VERDICT_FAIL;
	}
	add_test(&runs[0], "b.two.skipped", VERDICT_SKIP, "no | tun");
	add_test(&runs[1], "b.two.failed", VERDICT_FAIL, "getpid() is 2, expected 1");
	add_test(&runs[1], "b.two.lost", VERDICT_MISS, NULL);
	add_test(&runs[2], "b.two.lost", VERDICT_MISS, NULL);
	for (int i = 0; i < 3; i++)
		list[i] = &runs[i];
}

static void teardown(void)
{
	for (int i = 0; i < 3; i++)
		run_free(&runs[i]);
	free(output);
	output = NULL;
}

/* What a reporter makes of the first so many runs. */
static const char *made(const struct reporter *reporter, size_t count)
{
	struct grid g;

	free(output);
	FILE *out = open_memstream(&output, &output_len);
	grid_make(&g, list, count);
	ck_assert_int_eq(reporter->of_grid(&g, out), 0);
	grid_free(&g);
	fclose(out);
	return output;
}

static void holds(const char *part)
{
	ck_assert_msg(strstr(output, part), "'%s' is not in: %s", part, output);
}

static void lacks(const char *part)
{
	ck_assert_msg(!strstr(output, part), "'%s' is in: %s", part, output);
}

static size_t times(const char *part)
{
	size_t n = 0;

	for (const char *at = output; (at = strstr(at, part)); at++)
		n++;
	return n;
}

static void is_plain_text(void)
{
	ck_assert_uint_eq(strlen(output), output_len);
	for (const char *c = output; *c; c++)
		ck_assert_msg((*c >= 0x20 && *c < 0x7f) || *c == '\n' || *c == '\t', "byte %02x at %td", *c,
			      c - output);
}

START_TEST(rows_are_the_behaviours_of_all_runs)
{
	struct grid g;

	grid_make(&g, list, 3);
	ck_assert_uint_eq(g.row_count, 5);
	ck_assert_str_eq(g.rows[0].id, "a.one.hostile");
	ck_assert(g.rows[0].differs && g.rows[0].bad);
	ck_assert(!g.rows[1].differs && !g.rows[1].bad);
	ck_assert_str_eq(g.rows[4].id, "b.two.skipped");
	ck_assert(!g.rows[4].differs && !g.rows[4].cells[1]);
	ck_assert_ptr_null(g.rows[3].cells[2]);
	char *headline = grid_headline(&g);
	ck_assert_str_eq(headline, "3 of 5 behaviours ask for attention; 1 run was not finished");
	free(headline);
	grid_free(&g);
	grid_make(&g, list, 0);
	grid_free(&g);
}
END_TEST

static void is_named(size_t i, const char *want)
{
	struct grid g;

	grid_make(&g, list, 3);
	ck_assert_str_eq(g.names[i], want);
	grid_free(&g);
}

START_TEST(no_two_runs_have_one_name)
{
	struct facts *f = &runs[1].facts;

	is_named(1, "debian/6.1");
	result_set(&f->kernel.name, "debian/5.10");
	is_named(1, "debian/5.10 (2)");
	result_set(&f->runtime.name, "crun");
	result_set(&f->runtime.version, "1.8");
	is_named(1, "debian/5.10 crun 1.8");
	result_set(&f->runtime.name, NULL);
	result_set(&f->runtime.version, NULL);
	result_set(&f->kernel.name, "/tmp/bzImage");
	is_named(1, "6.1.0-1-amd64");
	result_set(&f->kernel.release, NULL);
	is_named(1, "/tmp/bzImage");
	result_set(&f->kernel.name, NULL);
	is_named(1, "kernel");
}
END_TEST

/* Tags that open and close in order, attributes in quotes, no bare markup: as much of XML as the report uses. */
static void is_well_formed(const char *s)
{
	char *open[32];
	int depth = 0;

	s = strstr(s, "?>") + 2;
	while ((s = strchr(s, '<'))) {
		bool closes = s[1] == '/';
		size_t len = strcspn(s + 1 + closes, " />\n");
		char *name = mem_printf("%.*s", (int)len, s + 1 + closes);

		for (s += 1 + closes + len; *s != '>' && *s != '/'; s++)
			if (*s == '"') {
				s += 1 + strcspn(s + 1, "\"<");
				ck_assert_int_eq(*s, '"');
			}
		if (closes) {
			ck_assert_int_gt(depth, 0);
			ck_assert_str_eq(open[--depth], name);
			free(open[depth]);
			free(name);
		} else if (*s == '/') {
			free(name);
		} else {
			ck_assert_int_lt(depth, 32);
			open[depth++] = name;
		}
	}
	ck_assert_int_eq(depth, 0);
}

START_TEST(junit_holds_what_ci_reads)
{
	made(&reporter_junit, 3);
	is_plain_text();
	is_well_formed(output);
	lacks("]]>");
	holds("<testsuites name=\"nscheck\" tests=\"8\" failures=\"2\" errors=\"2\" time=\"9.000\">");
	holds("<testsuite name=\"debian/5.10/a\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\" "
	      "time=\"3.000\" "
	      "timestamp=\"2026-11-24T10:00:00Z\">");
	holds("<testcase classname=\"debian/6.1/b\" name=\"two.failed\" time=\"1.500\">\n   <failure "
	      "message=\"getpid() is 2, expected 1\" type=\"fail\">");
	holds("\nat suites/a/one.c:10\n");
	holds("\nat suites/a/one.c:12\n");
	holds("again: ./run.sh --kernel &#39;a b&#39; b.two.failed\n");
	holds("<error message=\"never ran\" type=\"miss\">");
	holds("<skipped message=\"no | tun\"/>");
	holds("in the child: box/in&lt;ner&gt;\n");
	holds("<testcase classname=\"debian/9.9/nscheck\" name=\"run\" time=\"0.000\">\n   <error "
	      "message=\"no kernel "
	      "&lt;debian/9.9&gt;\" type=\"unfinished\">");
	ck_assert_uint_eq(times("<testcase"), 8);
}
END_TEST

START_TEST(html_runs_no_script_but_its_own)
{
	made(&reporter_html, 3);
	is_plain_text();
	ck_assert_uint_eq(times("<script"), 1);
	ck_assert_uint_eq(times("</script"), 1);
	ck_assert_uint_eq(times("<img"), 0);
	lacks("href=\"javascript:");
	lacks("src=\"");
	lacks("http://");
	holds("script-src 'sha256-");
	holds("&lt;/script&gt;&lt;script&gt;alert(1)");
	holds("<div class=\"more\" id=\"a.one.hostile\">");
	holds("<code class=\"command\">./run.sh --kernel &#39;a b&#39; a.one.hostile</code>");
	holds("not finished: no kernel &lt;debian/9.9&gt;");
	ck_assert_uint_eq(times("<details class=\"row\""), 5);
	for (int v = 0; v < VERDICTS; v++) {
		char *term = mem_printf("<dt><span class=\"v v-%s\">", verdict_name((enum verdict)v));

		ck_assert_uint_eq(times(term), 1);
		free(term);
	}
	lacks("not decided");
	ck_assert_uint_eq(times(" data-differs"), 1);
	made(&reporter_html, 1);
	ck_assert_uint_eq(times("name=\"differs\""), 0);
}
END_TEST

START_TEST(html_has_failing_rows_first)
{
	const char *good, *bad, *other;

	add_test(&runs[0], "a.one.zeal", VERDICT_FAIL, "is 1");
	made(&reporter_html, 2);
	bad = strstr(output, "<div class=\"more\" id=\"a.one.zeal\"");
	good = strstr(output, "<div class=\"more\" id=\"a.one.known\"");
	other = strstr(output, "<div class=\"more\" id=\"b.two.failed\"");
	ck_assert(bad && good && other && bad < good && good < other);
	holds("<span class=\"says\">It holds &amp; is &lt;so&gt;.</span><span class=\"why\">is 1<br> at "
	      "<code>suites/a/one.c:10</code></span>");
}
END_TEST

/* Cells of a table, which \| does not end. */
static size_t cells_of(const char *line)
{
	size_t n = 0;

	for (size_t i = 0; line[i] && line[i] != '\n'; i++)
		n += line[i] == '|' && (!i || line[i - 1] != '\\');
	return n;
}

START_TEST(markdown_keeps_its_table)
{
	made(&reporter_markdown, 3);
	is_plain_text();
	ck_assert(!strncmp(output, "## nscheck: 3 of 5 behaviours ask for attention", 40));
	for (const char *line = strstr(output, "\n| verdict"); line && line[1] == '|';
	     line = strchr(line + 1, '\n'))
		ck_assert_msg(cells_of(line + 1) == 6, "%s", line + 1);
	holds("| crash | `a.one.hostile` | `debian/5.10` | ``` ]]>");
	holds("\n**Not finished:** `debian/9.9`: `no kernel <debian/9.9>`\n");
	holds("| `debian/6.1` | `6.1.0-1-amd64` | 1 | 1 | 1 | 1 | 0 | 61.5 s |");
	made(&reporter_markdown, 1);
	holds("\n| crash | `a.one.hostile` | ``` ]]>");
}
END_TEST

START_TEST(a_line_of_markdown_is_told_once_for_kernels_that_agree)
{
	add_test(&runs[0], "b.two.failed", VERDICT_FAIL, "getpid() is 2, expected 1");
	made(&reporter_markdown, 2);
	holds("| fail | `b.two.failed` | `debian/5.10`, `debian/6.1` | `getpid() is 2, expected 1` |");
	ck_assert_uint_eq(times("`b.two.failed`"), 1);
	made(&reporter_html, 2);
	holds("on debian/5.10 <small>1.50 s</small>, debian/6.1 <small>1.50 s</small></h3>");
}
END_TEST

/* Green or not: what a matrix was made for. */
START_TEST(markdown_tells_what_differs)
{
	made(&reporter_markdown, 3);
	holds("\nThe same on every kernel: 1 skip, 1 fail, 1 miss, 1 xfail.\n");
	lacks("`debian/9.9` | behaviours");
	run_free(&runs[0]);
	run_free(&runs[1]);
	make_run(&runs[0], "debian/5.10", END_FINISHED);
	make_run(&runs[1], "debian/6.1", END_FINISHED);
	for (int i = 0; i < 14; i++) {
		char *id = mem_printf("a.one.number_%02d", i);

		add_test(&runs[0], id, i ? VERDICT_SKIP : VERDICT_PASS, i ? "no" : NULL);
		add_test(&runs[1], id, VERDICT_PASS, NULL);
		free(id);
	}
	made(&reporter_markdown, 2);
	holds("## nscheck: 14 behaviours, all as expected\n\nThe same on every kernel: 1 pass.\n\nWhat "
	      "differs:\n\n"
	      "| `debian/5.10` | `debian/6.1` | behaviours |\n|---|---|---|\n"
	      "| skip | pass | `a.one.number_01`, `a.one.number_02`, ");
	holds("`a.one.number_10` and 3 more |\n\n| kernel |");
	made(&reporter_markdown, 1);
	lacks("differs");
	lacks("The same");
}
END_TEST

START_TEST(annotations_are_one_line_each)
{
	free(output);
	FILE *out = open_memstream(&output, &output_len);
	report_github(&runs[0], out);
	report_github(&runs[2], out);
	fclose(out);
	ck_assert_uint_eq(times("\n"), 2);
	ck_assert(!strncmp(
		output,
		"::error file=suites/a/one.c,line=12,title=crash%3A a.one.hostile on debian/5.10::]]>", 80));
	holds("%250A::error::x%0A::error file=x::y%0A");
	holds("\n::error title=nscheck did not finish on debian/9.9::no kernel <debian/9.9>\n");
}
END_TEST

static void fits(json_t *object, const char *key, const char *pattern)
{
	const char *value = json_string_value(json_object_get(object, key));
	regex_t r;

	ck_assert_int_eq(regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(value && !regexec(&r, value, 0, NULL, 0), "%s: %s", key, value ? value : "absent");
	regfree(&r);
}

START_TEST(kcidb_has_a_test_for_each_result)
{
	json_t *root = json_loads(made(&reporter_kcidb, 3), 0, NULL), *tests = json_object_get(root, "tests"),
	       *test;
	size_t i;

	is_plain_text();
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(root, "version"), "major")), 5);
	ck_assert_uint_eq(json_array_size(json_object_get(root, "builds")), 3);
	ck_assert_uint_eq(json_array_size(tests), 8);
	json_array_foreach(tests, i, test)
	{
		fits(test, "id", "^nscheck:.+$");
		fits(test, "build_id", "^nscheck:debian/.+$");
		fits(test, "path", "^[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*$");
		fits(test, "status", "^(FAIL|ERROR|MISS|PASS|SKIP)$");
	}
	test = json_array_get(tests, 0);
	fits(test, "path", "^nscheck\\.a\\.one\\.hostile$");
	fits(test, "start_time", "^2026-11-24T10:00:00\\.500\\+00:00$");
	test = json_array_get(tests, 7);
	fits(test, "path", "^nscheck$");
	fits(test, "comment", "^no kernel <debian/9.9>$");
	json_decref(root);
}
END_TEST

START_TEST(kcidb_knows_commit_and_known_failures)
{
	result_set(&runs[1].facts.kernel.commit, "0123456789abcdef0123456789abcdef01234567");
	runs[1].tests[1].result->verdict = VERDICT_XPASS;
	add_test(&runs[1], "b.two.other", VERDICT_XFAIL, "is 3");
	result_set(&runs[1].tests[runs[1].count - 1].result->known_reason, "because");
	result_set(&runs[1].tests[runs[1].count - 1].result->known_link, "https://localhost/1");

	json_t *root = json_loads(made(&reporter_kcidb, 3), 0, NULL),
	       *issues = json_object_get(root, "issues"), *incidents = json_object_get(root, "incidents"),
	       *issue, *incident;
	ck_assert_ptr_null(
		json_object_get(json_array_get(json_object_get(root, "checkouts"), 0), "git_commit_hash"));
	fits(json_array_get(json_object_get(root, "checkouts"), 1), "git_commit_hash", "^[0-9a-f]{40}$");
	ck_assert_uint_eq(json_array_size(issues), 2);
	ck_assert_uint_eq(json_array_size(incidents), 3);
	incident = json_array_get(incidents, 0);
	fits(incident, "test_id", "^nscheck:debian/5.10.a.one.known$");
	ck_assert(json_is_true(json_object_get(incident, "present")));
	issue = json_array_get(issues, 0);
	fits(issue, "id", "^nscheck:known.[0-9a-f]{16}$");
	ck_assert_ptr_null(json_object_get(issue, "report_url"));
	for (int i = 0; i < 2; i++)
		ck_assert(json_equal(json_object_get(json_array_get(incidents, (size_t)i), "issue_id"),
				     json_object_get(issue, "id")));
	ck_assert(json_is_false(json_object_get(json_array_get(incidents, 1), "present")));
	fits(json_array_get(issues, 1), "report_url", "^https://localhost/1$");
	fits(json_array_get(issues, 1), "comment", "^because$");
	json_decref(root);
}
END_TEST

START_TEST(long_messages_are_cut_where_they_are_shown)
{
	char *most = mem_zalloc(100001);

	memset(most, '<', 100000);
	result_set(&runs[0].tests[0].result->message, most);
	result_set(&runs[0].tests[0].result->kernel_log, most);
	free(most);
	made(&reporter_junit, 3);
	is_well_formed(output);
	holds(" [99000 more bytes]\" type=\"crash\">");
	made(&reporter_markdown, 3);
	ck_assert_uint_lt(output_len, 4000);
	made(&reporter_html, 3);
	holds(" [34464 more bytes]</pre>");
	json_t *root = json_loads(made(&reporter_kcidb, 3), 0, NULL);
	json_t *log = json_object_get(json_array_get(json_object_get(root, "tests"), 0), "log_excerpt");
	ck_assert_uint_eq(json_string_length(log), 16384);
	json_decref(root);
}
END_TEST

START_TEST(a_run_without_an_end_was_killed)
{
	run_end_free(&runs[0].end);
	ck_assert_str_eq(run_trouble(&runs[0]), "nscheck was killed");
	made(&reporter_html, 1);
	holds("not finished: nscheck was killed");
}
END_TEST

START_TEST(under_sabotage_a_pass_is_what_asks_for_attention)
{
	for (size_t i = 0; i < runs[1].count; i++)
		if (runs[1].tests[i].result)
			runs[1].tests[i].result->sabotage = true;
	list[0] = &runs[1];
	made(&reporter_markdown, 1);
	holds("## nscheck: sabotage: 2 of 3 caught\n");
	holds("\n| pass | `a.one.hostile` |");
	lacks("| fail |");
	made(&reporter_junit, 1);
	holds(" failures=\"1\" errors=\"1\" time=");
	holds("<failure message=\"passes although the helpers lied\" type=\"pass\">");
	made(&reporter_html, 1);
	holds("<summary>Asks for attention: 2</summary>");
}
END_TEST

START_TEST(words_are_quoted_for_a_shell)
{
	static const char *const words[] = {"plain-1.0_/x", "a b",      "it's",    "$HOME", "",
					    "a\nb",         "t\tab\\'", "\xc3\xa4"};
	struct text t = {0};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char back[64] = "";

		text_clear(&t);
		text_printf(&t, "bash -c ");
		struct text inner = {0};
		text_printf(&inner, "printf %%s ");
		text_add_quoted(&inner, words[i]);
		text_add_quoted(&t, text_get(&inner));
		FILE *shell = popen(text_get(&t), "re");
		ck_assert_ptr_nonnull(shell);
		back[fread(back, 1, sizeof(back) - 1, shell)] = '\0';
		pclose(shell);
		ck_assert_msg(!strcmp(back, words[i]), "%s became %s", words[i], back);
		text_free(&inner);
	}
	text_free(&t);
}
END_TEST

static Suite *reports(void)
{
	Suite *s = suite_create("results/reports");
	TCase *t = tcase_create("of one run and several");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, rows_are_the_behaviours_of_all_runs);
	tcase_add_test(t, no_two_runs_have_one_name);
	tcase_add_test(t, junit_holds_what_ci_reads);
	tcase_add_test(t, html_runs_no_script_but_its_own);
	tcase_add_test(t, html_has_failing_rows_first);
	tcase_add_test(t, markdown_keeps_its_table);
	tcase_add_test(t, a_line_of_markdown_is_told_once_for_kernels_that_agree);
	tcase_add_test(t, markdown_tells_what_differs);
	tcase_add_test(t, annotations_are_one_line_each);
	tcase_add_test(t, kcidb_has_a_test_for_each_result);
	tcase_add_test(t, kcidb_knows_commit_and_known_failures);
	tcase_add_test(t, long_messages_are_cut_where_they_are_shown);
	tcase_add_test(t, a_run_without_an_end_was_killed);
	tcase_add_test(t, under_sabotage_a_pass_is_what_asks_for_attention);
	tcase_add_test(t, words_are_quoted_for_a_shell);
	suite_add_tcase(s, t);
	return s;
}
HOST_SUITE(reports)
