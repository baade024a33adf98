// SPDX-License-Identifier: GPL-2.0-only
#include "vm/tools.h"

#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"
#include "runner/base/program.h"

#define TOOL_MAX (64U << 20)

/* A program of the host that is asked for something says the same whatever our environment is. */
#define HOW_ASKED (PROGRAM_BY_NAME | PROGRAM_BARE | PROGRAM_QUIET)

struct tool {
	const char *name;    /* of the program on the host */
	const char *package; /* Debian's */
	const char *path;    /* in the image */
	const char *links[4];
};

/* iptables-legacy is a link to the multi-call program on every distribution; its own name is the link. */
static const struct tool tools[] = {
	{"ip", "iproute2", "sbin/ip", {NULL}},
	{"nft", "nftables", "sbin/nft", {NULL}},
	{"xtables-legacy-multi",
	 "iptables",
	 "sbin/xtables-legacy-multi",
	 {"sbin/iptables-legacy", "sbin/ip6tables-legacy", "sbin/iptables-legacy-save"}},
	{"unshare", "util-linux", "bin/unshare", {NULL}},
	{"nsenter", "util-linux", "bin/nsenter", {NULL}},
	{"lsns", "util-linux", "bin/lsns", {NULL}},
};

static const struct tool busybox = {"busybox", "busybox-static", "bin/busybox", {NULL}};

/* Matches and targets that iptables loads by name; the lists differ by its version, so each is optional. */
static const char *const extensions[] = {
	"libxt_standard",    "libxt_tcp",        "libxt_udp",      "libxt_conntrack", "libxt_state",
	"libxt_comment",     "libxt_mark",       "libxt_MARK",     "libxt_owner",     "libxt_addrtype",
	"libxt_limit",       "libxt_multiport",  "libxt_LOG",      "libxt_NAT",       "libxt_SNAT",
	"libxt_DNAT",        "libxt_MASQUERADE", "libxt_REDIRECT", "libipt_SNAT",     "libipt_DNAT",
	"libipt_MASQUERADE", "libipt_REDIRECT",  "libipt_REJECT",  "libipt_icmp",     "libip6t_REJECT",
	"libip6t_icmp6",
};

static const char *const extension_dirs[] = {"/usr/lib/x86_64-linux-gnu/xtables", "/usr/lib64/xtables",
					     "/usr/lib/xtables"};

static const char *const library_dirs[] = {
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};

/* Where tools are taken from, what they go into, and the files that are still to be put in, which grow meanwhile. */
struct basket {
	struct cpio *image;
	struct memo *memo;
	struct strings queue;
};

/* A DT_NEEDED names a file, never a path; ld.so would allow one, but no tool of ours has it. */
static char *find_in(const char *const *dirs, size_t count, const char *name, struct memo *memo)
{
	for (size_t i = 0; i < count; i++) {
		char *path = mem_printf("%s/%s", dirs[i], name);

		memo_input(memo, path);
		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

static char *find_program(const struct tool *tool, struct memo *memo, struct fault *fault)
{
	struct strings dirs = {0};

	strings_split(&dirs, getenv("PATH") ? getenv("PATH") : "", ":");
	/* An ordinary user's PATH has no sbin on Debian, where ip, nft and iptables live. */
	strings_split(&dirs, "/usr/sbin:/sbin:/usr/bin:/bin", ":");
	char *path = find_in((const char *const *)dirs.items, dirs.count, tool->name, memo);
	strings_free(&dirs);
	if (!path)
		fault_set(fault, EXIT_BAD_INPUT, "%s is not installed: install the package %s", tool->name,
			  tool->package);
	return path;
}

static Elf_Scn *section_of_type(Elf *elf, GElf_Word type, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == type)
			return section;
	return NULL;
}

static void read_needed(Elf *elf, struct strings *needed)
{
	GElf_Shdr header;
	Elf_Scn *section = section_of_type(elf, SHT_DYNAMIC, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	GElf_Dyn dyn;

	for (int i = 0; data && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		const char *name =
			dyn.d_tag == DT_NEEDED ? elf_strptr(elf, header.sh_link, dyn.d_un.d_val) : NULL;

		if (name)
			strings_add(needed, name);
	}
}

static char *read_interpreter(Elf *elf, const struct bytes *bytes)
{
	size_t count;
	GElf_Phdr ph;

	if (elf_getphdrnum(elf, &count) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_INTERP && ph.p_offset < bytes->len &&
		    ph.p_filesz <= bytes->len - ph.p_offset)
			return mem_strndup((const char *)bytes->data + ph.p_offset, ph.p_filesz);
	return NULL;
}

int elf_needs(const struct bytes *bytes, const char *name, struct strings *needed, char **interpreter,
	      struct fault *fault)
{
	*interpreter = NULL;
	elf_version(EV_CURRENT);
	Elf *elf = bytes->len ? elf_memory((char *)bytes->data, bytes->len) : NULL;

	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is not an ELF file: give a program, or install its package again", name);
	}
	read_needed(elf, needed);
	*interpreter = read_interpreter(elf, bytes);
	elf_end(elf);
	return 0;
}

/* Each file of the queue is at the same path here and there. */
static int add_needs(const struct bytes *elf, const char *path, struct basket *basket, struct fault *fault)
{
	struct strings needed = {0};
	char *interpreter;
	int rc = elf_needs(elf, path, &needed, &interpreter, fault);

	if (interpreter)
		strings_take(&basket->queue, interpreter);
	for (size_t i = 0; rc == 0 && i < needed.count; i++) {
		char *found = find_in(library_dirs, sizeof(library_dirs) / sizeof(*library_dirs),
				      needed.items[i], basket->memo);

		if (found)
			strings_take(&basket->queue, found);
		else
			rc = fault_set(fault, EXIT_BAD_INPUT,
				       "%s needs %s, which is nowhere on this system: install its package",
				       path, needed.items[i]);
	}
	strings_free(&needed);
	return rc;
}

static bool queued_before(const struct strings *queue, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(queue->items[i], queue->items[at]))
			return true;
	return false;
}

static int add_elf(struct basket *basket, const char *host, const char *path, struct fault *fault)
{
	struct bytes elf;

	memo_input(basket->memo, host);
	if (file_read(host, TOOL_MAX, &elf, fault) < 0)
		return -1;
	cpio_file(basket->image, path, 0755, elf.data, elf.len);
	int rc = add_needs(&elf, host, basket, fault);
	bytes_free(&elf);
	return rc;
}

static int add_libraries(struct basket *basket, struct fault *fault)
{
	const struct strings *queue = &basket->queue;

	for (size_t i = 0; i < queue->count; i++) {
		char *path = mem_strdup(queue->items[i]); /* the queue may move */
		int rc = queued_before(queue, i) ? 0 : add_elf(basket, path, path + 1, fault);

		free(path);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static void queue_extensions(struct basket *basket)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++) {
		char *file = mem_printf("%s.so", extensions[i]);
		char *path = find_in(extension_dirs, sizeof(extension_dirs) / sizeof(*extension_dirs), file,
				     basket->memo);

		if (path)
			strings_take(&basket->queue, path);
		free(file);
	}
}

static void add_applets(struct cpio *image, FILE *list)
{
	char line[128];

	while (fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '/' && !strstr(line, ".."))
			cpio_symlink(image, line, "/bin/busybox");
	}
}

static int add_busybox_links(struct cpio *image, const char *program, struct fault *fault)
{
	char *argv[] = {(char *)program, (char *)"--list-full", NULL}; /* what it can be called as */
	struct program busy;
	int bad = program_start(&busy, argv, HOW_ASKED);

	if (!bad) {
		add_applets(image, busy.says);
		bad = program_end(&busy);
	}
	if (bad)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s --list-full does not work: install the package busybox-static", program);
	return 0;
}

static int add_tool(struct basket *basket, const struct tool *tool, struct fault *fault)
{
	char *host = find_program(tool, basket->memo, fault);

	if (!host)
		return -1;
	int rc = add_elf(basket, host, tool->path, fault);
	for (const char *const *link = tool->links; rc == 0 && *link; link++)
		cpio_symlink(basket->image, *link, strrchr(tool->path, '/') + 1);
	if (rc == 0 && tool == &busybox)
		rc = add_busybox_links(basket->image, host, fault);
	free(host);
	return rc;
}

int tools_add(struct cpio *image, struct memo *memo, struct fault *fault)
{
	struct basket basket = {.image = image, .memo = memo};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(tools) / sizeof(*tools); i++)
		rc = add_tool(&basket, &tools[i], fault);
	if (rc == 0) {
		queue_extensions(&basket);
		rc = add_libraries(&basket, fault);
	}
	strings_free(&basket.queue);
	return rc;
}

int busybox_add(struct cpio *image, struct memo *memo, struct fault *fault)
{
	struct basket basket = {.image = image, .memo = memo};
	int rc = add_tool(&basket, &busybox, fault);

	if (rc == 0)
		rc = add_libraries(&basket, fault);
	strings_free(&basket.queue);
	return rc;
}

int program_add(struct cpio *image, struct memo *memo, const char *host, const char *path,
		struct fault *fault)
{
	struct basket basket = {.image = image, .memo = memo};
	int rc = add_elf(&basket, host, path, fault);

	if (rc == 0)
		rc = add_libraries(&basket, fault);
	strings_free(&basket.queue);
	return rc;
}

char *program_version(const char *program)
{
	char *argv[] = {(char *)program, (char *)"--version", NULL}, line[128] = "", *version = NULL;
	struct program asked;

	if (program_start(&asked, argv, HOW_ASKED))
		return NULL;
	if (fgets(line, sizeof(line), asked.says) && line[strspn(line, " \n")])
		version = mem_strndup(line, strcspn(line, "\n"));
	program_end(&asked);
	return version;
}
