// SPDX-License-Identifier: GPL-2.0-only
#include "vm/modules.h"

#include <archive.h>
#include <archive_entry.h>
#include <fts.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"
#include "vm/strip.h"

#define MODULE_MAX (512U << 20) /* unpacked, with debug information */
#define LIST_MAX   (16U << 20)

/* Where each module's file is. */
struct place {
	char *name, *path;
};

struct places {
	struct place *items;
	size_t count;
};

static size_t ending(const char *file)
{
	static const char *const ends[] = {".ko", ".ko.xz", ".ko.zst", ".ko.gz"};
	size_t len = strlen(file);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && !strcmp(file + len - n, ends[i]))
			return n;
	}
	return 0;
}

char *modinfo_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = mem_strdup(slash ? slash + 1 : path);

	name[strlen(name) - ending(name)] = '\0';
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

void modinfo_free(struct modinfo *info)
{
	free(info->release);
	strings_free(&info->depends);
	strings_free(&info->softdeps);
	strings_free(&info->aliases);
	*info = (struct modinfo){0};
}

static void add_names(struct strings *list, const char *text, const char *separators)
{
	struct strings words = {0};

	strings_split(&words, text, separators);
	for (size_t i = 0; i < words.count; i++)
		if (strcmp(words.items[i], "pre:") && strcmp(words.items[i], "post:"))
			strings_take(list, modinfo_name(words.items[i]));
	strings_free(&words);
}

static void modinfo_line(struct modinfo *info, const char *line)
{
	if (!strncmp(line, "depends=", 8))
		add_names(&info->depends, line + 8, ",");
	else if (!strncmp(line, "softdep=", 8))
		add_names(&info->softdeps, line + 8, " \t");
	else if (!strncmp(line, "alias=", 6))
		strings_add(&info->aliases, line + 6);
	else if (!strncmp(line, "vermagic=", 9) && !info->release)
		info->release = mem_strndup(line + 9, strcspn(line + 9, " "));
}

/* The section is a row of NUL-terminated strings; one that the end cuts off is damage, and left out. */
static void modinfo_lines(struct modinfo *info, const char *text, size_t len)
{
	const char *end = text + len, *nul;

	for (; (nul = memchr(text, '\0', (size_t)(end - text))); text = nul + 1)
		modinfo_line(info, text);
}

static Elf_Data *find_section(Elf *elf, const char *wanted)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name =
			gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;

		if (name && !strcmp(name, wanted))
			return elf_rawdata(section, NULL);
	}
	return NULL;
}

static bool is_relocatable(Elf *elf)
{
	GElf_Ehdr header;

	return elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) && header.e_type == ET_REL &&
	       header.e_machine == EM_X86_64 && gelf_getclass(elf) == ELFCLASS64;
}

int modinfo_parse(const struct bytes *bytes, const char *name, struct modinfo *info, struct fault *fault)
{
	*info = (struct modinfo){0};
	elf_version(EV_CURRENT);
	Elf *elf = bytes->len ? elf_memory((char *)bytes->data, bytes->len) : NULL;
	Elf_Data *section = elf && is_relocatable(elf) ? find_section(elf, ".modinfo") : NULL;

	if (section && section->d_buf)
		modinfo_lines(info, section->d_buf, section->d_size);
	elf_end(elf);
	if (!info->release)
		return fault_set(
			fault, EXIT_BAD_INPUT,
			"%s is not an x86-64 kernel module, or a damaged one: give a whole modules folder",
			name);
	return 0;
}

static bool is_plain(const char *path)
{
	return !strcmp(path + strlen(path) - ending(path), ".ko");
}

static int unpack_stream(struct archive *a, const char *path, struct bytes *out, struct fault *fault)
{
	char buffer[65536];
	struct archive_entry *entry;
	la_ssize_t n = -1;

	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_filename(a, path, sizeof(buffer)) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK)
		while ((n = archive_read_data(a, buffer, sizeof(buffer))) > 0 && out->len <= MODULE_MAX)
			bytes_append(out, buffer, (size_t)n);
	if (n == 0)
		return 0;
	bytes_free(out);
	return fault_set(fault, EXIT_BAD_INPUT, "cannot unpack the module %s: %s", path,
			 n > 0 ? "absurd size" : archive_error_string(a));
}

static int read_module(const char *path, struct bytes *out, struct fault *fault)
{
	if (is_plain(path))
		return file_read(path, MODULE_MAX, out, fault);
	struct archive *a = mem_need(archive_read_new());
	*out = (struct bytes){0};
	int rc = unpack_stream(a, path, out, fault);
	archive_read_free(a);
	return rc;
}

static void place_add(struct places *places, char *path)
{
	places->items = mem_need(reallocarray(places->items, places->count + 1, sizeof(*places->items)));
	places->items[places->count++] = (struct place){.name = modinfo_name(path), .path = path};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->name, ((const struct place *)b)->name);
}

static void places_free(struct places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		free(places->items[i].name);
		free(places->items[i].path);
	}
	free(places->items);
}

/*
 * A build tree holds stale modules of earlier configurations beside the current ones: modules.order knows. Its lines
 * name x.ko or, since 6.5, x.o; an installed folder has such a file too, but its modules may be compressed.
 */
static int places_by_order(const char *dir, const char *order, struct memo *memo, struct places *places,
			   struct fault *fault)
{
	struct strings lines = {0};
	struct bytes text;

	if (file_read(order, LIST_MAX, &text, fault) < 0)
		return -1;
	bytes_append(&text, "", 1);
	strings_split(&lines, (const char *)text.data, "\n");
	bytes_free(&text);
	for (size_t i = 0; i < lines.count; i++) {
		char *line = lines.items[i], *dot = strrchr(line, '.');
		char *path =
			mem_printf("%s/%.*s.ko", dir, (int)(dot ? (size_t)(dot - line) : strlen(line)), line);

		if (file_exists(path)) {
			place_add(places, path);
		} else {
			memo_input(memo, path);
			free(path);
		}
	}
	strings_free(&lines);
	return 0;
}

static int places_by_walk(const char *dir, struct memo *memo, struct places *places, struct fault *fault)
{
	char *roots[] = {(char *)dir, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (!fts)
		return fault_set(fault, EXIT_BAD_INPUT, "cannot read the modules folder %s", dir);
	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_D)
			memo_input(memo, e->fts_path);
		if (e->fts_info == FTS_F && ending(e->fts_name))
			place_add(places, mem_strdup(e->fts_path));
	}
	fts_close(fts);
	return 0;
}

static int places_find(const char *dir, struct memo *memo, struct places *places, struct fault *fault)
{
	char *order = mem_printf("%s/modules.order", dir);

	memo_input(memo, order);
	int rc = file_exists(order) ? places_by_order(dir, order, memo, places, fault) : 0;
	free(order);
	if (rc == 0 && !places->count)
		rc = places_by_walk(dir, memo, places, fault);
	if (places->count)
		qsort(places->items, places->count, sizeof(*places->items), by_name);
	return rc;
}

static const struct place *place_of(const struct places *places, const char *name)
{
	struct place key = {.name = (char *)name};

	return places->count ? bsearch(&key, places->items, places->count, sizeof(key), by_name) : NULL;
}

static struct module *module_of(const struct module_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->items[i].name, name))
			return &set->items[i];
	return NULL;
}

static int check_release(const struct modinfo *info, const char *path, const char *release,
			 struct fault *fault)
{
	if (!strcmp(info->release, release))
		return 0;
	return fault_set(
		fault, EXIT_BAD_INPUT,
		"%s is built for kernel %.64s, but the kernel is %s: give the modules of the same build",
		path, info->release, release);
}

/* Adds one module, without its dependencies. */
static int module_add(struct module_set *set, const struct place *place, const char *release,
		      struct fault *fault)
{
	struct module m = {0};

	if (read_module(place->path, &m.elf, fault) < 0)
		return -1;
	if (modinfo_parse(&m.elf, place->path, &m.info, fault) < 0 ||
	    check_release(&m.info, place->path, release, fault) < 0) {
		bytes_free(&m.elf);
		modinfo_free(&m.info);
		return -1;
	}
	strip_module(&m.elf);
	m.name = mem_strdup(place->name);
	set->items = mem_need(reallocarray(set->items, set->count + 1, sizeof(m)));
	set->items[set->count++] = m;
	return 0;
}

/* What is still to be looked at: a list that grows while it is worked off. */
static int queue_dependencies(struct strings *queue, const struct module *m, const struct places *places,
			      struct fault *fault)
{
	for (size_t i = 0; i < m->info.depends.count; i++) {
		const char *name = m->info.depends.items[i];

		if (!place_of(places, name))
			return fault_set(
				fault, EXIT_BAD_INPUT,
				"module %s needs %.64s, which is missing: give the whole modules folder",
				m->name, name);
		strings_add(queue, name);
	}
	for (size_t i = 0; i < m->info.softdeps.count; i++)
		strings_add(queue, m->info.softdeps.items[i]);
	return 0;
}

static int collect(const struct places *places, const char *release, struct strings *queue, struct memo *memo,
		   struct module_set *set, struct fault *fault)
{
	for (size_t i = 0; i < queue->count; i++) {
		const struct place *place = place_of(places, queue->items[i]);

		if (!place || module_of(set, place->name))
			continue;
		memo_input(memo, place->path);
		if (module_add(set, place, release, fault) < 0 ||
		    queue_dependencies(queue, &set->items[set->count - 1], places, fault) < 0)
			return -1;
	}
	return 0;
}

static bool has(const struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], s))
			return true;
	return false;
}

/* Depth first, so that each comes after all it needs; `seen` breaks the cycles that only a forged module has. */
static void order_needs(const struct module_set *set, const struct module *m, struct strings *needs,
			struct strings *seen)
{
	strings_add(seen, m->name);
	for (size_t i = 0; i < m->info.depends.count; i++) {
		const struct module *d = module_of(set, m->info.depends.items[i]);

		if (d && !has(seen, d->name)) {
			order_needs(set, d, needs, seen);
			strings_add(needs, d->name);
		}
	}
}

static int by_module(const void *a, const void *b)
{
	return strcmp(((const struct module *)a)->name, ((const struct module *)b)->name);
}

static void resolve(struct module_set *set)
{
	if (set->count)
		qsort(set->items, set->count, sizeof(*set->items), by_module);
	for (size_t i = 0; i < set->count; i++) {
		struct strings seen = {0};

		order_needs(set, &set->items[i], &set->items[i].needs, &seen);
		strings_free(&seen);
	}
}

int modules_collect(const char *dir, const char *release, const struct strings *names, struct memo *memo,
		    struct module_set *set, struct fault *fault)
{
	struct places places = {0};
	struct strings queue = {0};
	int rc = places_find(dir, memo, &places, fault);

	*set = (struct module_set){0};
	for (size_t i = 0; i < names->count; i++)
		strings_take(&queue, modinfo_name(names->items[i]));
	if (rc == 0)
		rc = collect(&places, release, &queue, memo, set, fault);
	if (rc == 0)
		resolve(set);
	else
		modules_free(set);
	strings_free(&queue);
	places_free(&places);
	return rc;
}

void modules_free(struct module_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->items[i].name);
		bytes_free(&set->items[i].elf);
		modinfo_free(&set->items[i].info);
		strings_free(&set->items[i].needs);
	}
	free(set->items);
	*set = (struct module_set){0};
}

int modules_list(const char *path, struct strings *names, struct fault *fault)
{
	struct strings lines = {0};
	struct bytes text;

	if (file_read(path, LIST_MAX, &text, fault) < 0)
		return -1;
	bytes_append(&text, "", 1);
	strings_split(&lines, (const char *)text.data, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		lines.items[i][strcspn(lines.items[i], "#")] = '\0';
		strings_split(names, lines.items[i], " \t\r");
	}
	strings_free(&lines);
	bytes_free(&text);
	return 0;
}

int modules_release(const char *dir, struct memo *memo, char release[RELEASE_MAX + 1], struct fault *fault)
{
	struct places places = {0};
	struct bytes elf = {0};
	struct modinfo info = {0};
	int rc = places_find(dir, memo, &places, fault);

	release[0] = '\0';
	if (rc == 0 && places.count) {
		const char *path = places.items[0].path;

		memo_input(memo, path);
		rc = read_module(path, &elf, fault);
		if (rc == 0)
			rc = modinfo_parse(&elf, path, &info, fault);
		if (rc == 0 && !release_valid(info.release))
			rc = fault_set(fault, EXIT_BAD_INPUT,
				       "%s is a damaged kernel module: give a whole modules folder", path);
		if (rc == 0 && info.release)
			strcpy(release, info.release);
	}
	modinfo_free(&info);
	bytes_free(&elf);
	places_free(&places);
	return rc;
}

struct text modules_dep(const struct module_set *set)
{
	struct text out = {0};

	for (size_t i = 0; i < set->count; i++) {
		const struct strings *needs = &set->items[i].needs;

		/* depmod's order: modprobe loads a line from its end. */
		text_printf(&out, "%s.ko:", set->items[i].name);
		for (size_t n = needs->count; n-- > 0;)
			text_printf(&out, " %s.ko", needs->items[n]);
		text_add(&out, "\n", 1);
	}
	return out;
}

static bool alias_printable(const char *alias)
{
	for (; *alias; alias++)
		if (*alias <= ' ' || *alias > '~')
			return false;
	return true;
}

struct text modules_alias(const struct module_set *set)
{
	struct text out = {0};

	for (size_t i = 0; i < set->count; i++) {
		const struct strings *aliases = &set->items[i].info.aliases;

		for (size_t n = 0; n < aliases->count; n++)
			if (alias_printable(aliases->items[n]))
				text_printf(&out, "alias %s %s\n", aliases->items[n], set->items[i].name);
	}
	return out;
}
