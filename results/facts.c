// SPDX-License-Identifier: GPL-2.0-only
#include "results/facts.h"

#include <stdlib.h>
#include <string.h>

/* A string of the facts: where it is in the JSON and in the struct. */
struct place {
	const char *object; /* NULL: the facts themselves */
	const char *key;
	size_t offset;
};

#define AT(field) offsetof(struct facts, field)

static const struct place places[] = {
	{NULL, "id", AT(id)},
	{NULL, "started", AT(started)},
	{"kernel", "name", AT(kernel.name)},
	{"kernel", "release", AT(kernel.release)},
	{"kernel", "package", AT(kernel.package)},
	{"kernel", "version", AT(kernel.version)},
	{"kernel", "image", AT(kernel.image)},
	{"kernel", "sha256", AT(kernel.sha256)},
	{"kernel", "commit", AT(kernel.commit)},
	{"runtime", "name", AT(runtime.name)},
	{"runtime", "version", AT(runtime.version)},
	{"runtime", "package", AT(runtime.package)},
	{"runtime", "path", AT(runtime.path)},
	{"runtime", "suite", AT(runtime.suite)},
	{"qemu", "version", AT(qemu.version)},
	{"qemu", "command", AT(qemu.command)},
	{NULL, "accel", AT(accel)},
	{NULL, "initrd", AT(initrd)},
	{"host", "cpu", AT(host.cpu)},
	{"host", "release", AT(host.release)},
	{NULL, "command", AT(command)},
};

enum { PLACES = sizeof(places) / sizeof(*places) };

static char **field_of(const struct place *place, const struct facts *f)
{
	return (char **)((char *)f + place->offset);
}

const char *fact_text(const char *s)
{
	return s ? s : "";
}

static void put(json_t *o, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(o, key, json_string(value));
}

static void take(char **field, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text)
		return;
	free(*field);
	*field = mem_strdup(text);
}

/* The object below a key, made when there is none. */
static json_t *below(json_t *o, const char *key)
{
	if (!json_object_get(o, key))
		json_object_set_new(o, key, json_object());
	return json_object_get(o, key);
}

/* NULL when they hold what JSON cannot. */
static json_t *write_strings(const struct strings *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_string(list->items[i]));
	if (json_array_size(array) == list->count)
		return array;
	json_decref(array);
	return NULL;
}

static void read_strings(struct strings *list, const json_t *array)
{
	json_t *word;
	size_t i;

	strings_free(list);
	json_array_foreach(array, i, word)
	{
		if (json_is_string(word))
			strings_add(list, json_string_value(word));
	}
}

/* A number of 0 is not told. */
static void put_number(json_t *o, const char *object, const char *key, int number)
{
	if (number)
		json_object_set_new(below(o, object), key, json_integer(number));
}

static void take_number(int *field, const json_t *o, const char *object, const char *key)
{
	const json_t *value = json_object_get(json_object_get(o, object), key);

	if (json_is_integer(value))
		*field = (int)json_integer_value(value);
}

static void write_start(json_t *o, const struct start *s)
{
	put(o, "suites", s->suites);
	put(o, "folder", s->folder);
	if (s->knows_arguments)
		json_object_set_new(o, "arguments", write_strings(&s->arguments));
}

static void read_start(struct start *s, const json_t *o)
{
	const json_t *arguments = json_object_get(o, "arguments");

	take(&s->suites, json_object_get(o, "suites"));
	take(&s->folder, json_object_get(o, "folder"));
	if (json_is_array(arguments)) {
		read_strings(&s->arguments, arguments);
		s->knows_arguments = true;
	}
}

static void free_start(struct start *s)
{
	free(s->suites);
	free(s->folder);
	strings_free(&s->arguments);
}

json_t *facts_write(const struct facts *f)
{
	json_t *o = json_object();

	json_object_set_new(o, "journal_schema", json_integer(JOURNAL_SCHEMA));
	for (size_t i = 0; i < PLACES; i++) {
		const char *value = *field_of(&places[i], f);

		if (value && *value)
			put(places[i].object ? below(o, places[i].object) : o, places[i].key, value);
	}
	put_number(o, "host", "cpus", f->host.cpus);
	put_number(o, "qemu", "cpus_online", f->qemu.cpus_online);
	if (f->options)
		json_object_set(o, "options", f->options);
	write_start(o, &f->start);
	if (f->resumed)
		json_object_set_new(o, "resumed", json_integer(f->resumed));
	return o;
}

json_t *facts_write_below(const struct facts *f, const char *key)
{
	json_t *all = facts_write(f), *part = json_incref(json_object_get(all, key));

	json_decref(all);
	return part;
}

void facts_read(struct facts *f, const json_t *object)
{
	json_t *options = json_object_get(object, "options"), *resumed = json_object_get(object, "resumed");

	for (size_t i = 0; i < PLACES; i++) {
		const struct place *p = &places[i];
		const json_t *holder = p->object ? json_object_get(object, p->object) : object;

		take(field_of(p, f), json_object_get(holder, p->key));
	}
	take_number(&f->host.cpus, object, "host", "cpus");
	take_number(&f->qemu.cpus_online, object, "qemu", "cpus_online");
	read_start(&f->start, object);
	if (json_is_object(options)) {
		json_decref(f->options);
		f->options = json_incref(options);
		f->sabotage = json_is_true(json_object_get(options, "sabotage"));
	}
	if (json_is_integer(resumed))
		f->resumed = (int)json_integer_value(resumed);
}

void facts_free(struct facts *f)
{
	for (size_t i = 0; i < PLACES; i++)
		free(*field_of(&places[i], f));
	free_start(&f->start);
	json_decref(f->options);
	*f = (struct facts){0};
}

static const struct {
	const char *key;
	size_t offset;
} planned_places[] = {
	{"id", offsetof(struct planned, id)},
	{"file", offsetof(struct planned, file)},
	{"statement", offsetof(struct planned, statement)},
	{"expected", offsetof(struct planned, expected)},
	{"source", offsetof(struct planned, source)},
	{"tier", offsetof(struct planned, tier)},
	{"since", offsetof(struct planned, since)},
	{"until", offsetof(struct planned, until)},
};

enum { PLANNED_PLACES = sizeof(planned_places) / sizeof(*planned_places) };

json_t *planned_write(const struct planned *p)
{
	json_t *o = json_object();

	for (size_t i = 0; i < PLANNED_PLACES; i++)
		put(o, planned_places[i].key,
		    *(const char *const *)((const char *)p + planned_places[i].offset));
	json_object_set_new(o, "line", json_integer(p->line));
	return o;
}

void planned_read(struct planned *p, const json_t *object)
{
	for (size_t i = 0; i < PLANNED_PLACES; i++)
		*(const char **)((char *)p + planned_places[i].offset) =
			json_string_value(json_object_get(object, planned_places[i].key));
	p->line = (int)json_integer_value(json_object_get(object, "line"));
}

static const char *const how_names[] = {
	[END_KILLED] = "killed",       [END_FINISHED] = "finished", [END_INTERRUPTED] = "interrupted",
	[END_FAIL_FAST] = "fail-fast", [END_FAULT] = "fault",
};

static const char *const share_names[SHARES] = {
	[SHARE_LIST] = "list",   [SHARE_QEMU] = "qemu",         [SHARE_KERNEL] = "kernel",
	[SHARE_IMAGE] = "image", [SHARE_SNAPSHOT] = "snapshot", [SHARE_BOOT] = "boot",
	[SHARE_SAVE] = "save",   [SHARE_RESTORE] = "restore",   [SHARE_STREAM] = "stream",
	[SHARE_TESTS] = "tests", [SHARE_ENDING] = "ending",     [SHARE_OWN] = "own",
	[SHARE_TOTAL] = "total",
};

const char *share_name(enum share share)
{
	return share_names[share];
}

json_t *run_end_write(const struct run_end *e)
{
	json_t *o = json_pack("{s:s}", "how", how_names[e->how]), *times;

	put(o, "fault", e->fault);
	if (!e->timed)
		return o;
	times = json_object();
	for (int i = 0; i < SHARES; i++)
		json_object_set_new(times, share_names[i], json_integer(e->ms[i]));
	json_object_set_new(o, "times_ms", times);
	json_object_set_new(
		o, "peak_kib",
		json_pack("{s:I,s:I}", "own", (json_int_t)e->own_kib, "qemu", (json_int_t)e->qemu_kib));
	return o;
}

void run_end_read(struct run_end *e, const json_t *object)
{
	const char *how = json_string_value(json_object_get(object, "how"));
	json_t *times = json_object_get(object, "times_ms"), *peak = json_object_get(object, "peak_kib");

	for (int i = 0; how && i <= END_FAULT; i++)
		if (!strcmp(how_names[i], how))
			e->how = (enum run_end_how)i;
	take(&e->fault, json_object_get(object, "fault"));
	e->timed = json_is_object(times);
	for (int i = 0; i < SHARES; i++)
		e->ms[i] = json_integer_value(json_object_get(times, share_names[i]));
	e->own_kib = json_integer_value(json_object_get(peak, "own"));
	e->qemu_kib = json_integer_value(json_object_get(peak, "qemu"));
}

void run_end_free(struct run_end *e)
{
	free(e->fault);
	*e = (struct run_end){0};
}

static long long most(long long a, long long b)
{
	return a > b ? a : b;
}

void run_end_add(struct run_end *e, const struct run_end *part)
{
	for (int i = 0; i < SHARES; i++)
		e->ms[i] += part->ms[i];
	e->timed |= part->timed;
	e->own_kib = most(e->own_kib, part->own_kib);
	e->qemu_kib = most(e->qemu_kib, part->qemu_kib);
}

int schema_check(const json_t *object, const char *key, int want, const char *what, struct fault *fault)
{
	json_t *schema = json_object_get(object, key);
	long long number = json_integer_value(schema);

	if (json_is_integer(schema) && number == want)
		return 0;
	if (json_is_integer(schema))
		fault_set(fault, EXIT_BAD_INPUT, "%s is of schema %lld, and this nscheck reads %d", what,
			  number, want);
	else
		fault_set(fault, EXIT_BAD_INPUT, "%s tells no schema: this nscheck did not write it", what);
	return SCHEMA_OTHER;
}

static json_t *write_shard(const struct shard_facts *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "part", json_integer(s->part));
	json_object_set_new(o, "parts", json_integer(s->parts));
	json_object_set_new(o, "kernels", write_strings(&s->kernels));
	json_object_set_new(o, "selection", write_strings(&s->selection));
	put(o, "catalogue", s->catalogue);
	put(o, "times", s->times);
	return o;
}

static void read_shard(struct shard_facts *s, const json_t *o)
{
	s->part = (int)json_integer_value(json_object_get(o, "part"));
	s->parts = (int)json_integer_value(json_object_get(o, "parts"));
	read_strings(&s->kernels, json_object_get(o, "kernels"));
	read_strings(&s->selection, json_object_get(o, "selection"));
	take(&s->catalogue, json_object_get(o, "catalogue"));
	take(&s->times, json_object_get(o, "times"));
}

void shard_facts_free(struct shard_facts *s)
{
	strings_free(&s->kernels);
	strings_free(&s->selection);
	free(s->catalogue);
	free(s->times);
	*s = (struct shard_facts){0};
}

void matrix_facts_add(struct matrix_facts *m, const char *name, const char *folder)
{
	m->runs = mem_realloc(m->runs, (m->count + 1) * sizeof(*m->runs));
	m->runs[m->count++] = (struct matrix_run){mem_strdup(name), mem_strdup(folder)};
}

json_t *matrix_facts_write(const struct matrix_facts *m)
{
	json_t *o = json_object(), *runs = json_array();

	for (size_t i = 0; i < m->count; i++)
		json_array_append_new(
			runs, json_pack("{s:s,s:s}", "name", m->runs[i].name, "folder", m->runs[i].folder));
	json_object_set_new(o, "schema", json_integer(MATRIX_SCHEMA));
	put(o, "id", m->id);
	put(o, "started", m->started);
	write_start(o, &m->start);
	json_object_set_new(o, "runs", runs);
	if (m->shard.parts)
		json_object_set_new(o, "shard", write_shard(&m->shard));
	if (m->parts)
		json_object_set_new(o, "parts", json_integer(m->parts));
	return o;
}

/* A folder named in matrix.json must be one below it. */
static bool is_below(const char *folder)
{
	return folder && *folder && *folder != '.' && !strchr(folder, '/');
}

int matrix_facts_read(struct matrix_facts *m, const json_t *object, const char *what, struct fault *fault)
{
	json_t *runs = json_object_get(object, "runs"), *entry;
	bool sound = json_is_array(runs) && json_array_size(runs);
	size_t i;

	json_array_foreach(runs, i, entry)
	{
		const char *name = json_string_value(json_object_get(entry, "name"));
		const char *folder = json_string_value(json_object_get(entry, "folder"));

		if (name && is_below(folder))
			matrix_facts_add(m, name, folder);
		else
			sound = false;
	}
	if (!sound)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s cannot be read: this is not the folder of a matrix", what);
	if (schema_check(object, "schema", MATRIX_SCHEMA, what, fault))
		return -1;
	take(&m->id, json_object_get(object, "id"));
	take(&m->started, json_object_get(object, "started"));
	read_start(&m->start, object);
	read_shard(&m->shard, json_object_get(object, "shard"));
	m->parts = (int)json_integer_value(json_object_get(object, "parts"));
	return 0;
}

void matrix_facts_free(struct matrix_facts *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->runs[i].name);
		free(m->runs[i].folder);
	}
	free(m->runs);
	free(m->id);
	free(m->started);
	free_start(&m->start);
	shard_facts_free(&m->shard);
	*m = (struct matrix_facts){0};
}
