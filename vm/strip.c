// SPDX-License-Identifier: GPL-2.0-only
#include "vm/strip.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/mem.h"

/* A module with its section headers copied out, since those in the file need not be aligned. */
struct module_file {
	const struct bytes *elf;
	Elf64_Ehdr header;
	Elf64_Shdr *sections;
};

static bool within(const struct bytes *b, uint64_t at, uint64_t len)
{
	return at <= b->len && len <= b->len - at;
}

static bool has_content(const Elf64_Shdr *s)
{
	return s->sh_type != SHT_NULL && s->sh_type != SHT_NOBITS;
}

static bool is_aligned_sanely(const Elf64_Shdr *s)
{
	return s->sh_addralign <= 4096 && !(s->sh_addralign & (s->sh_addralign - (s->sh_addralign != 0)));
}

static bool sections_are_sane(const struct module_file *f)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < f->header.e_shnum; i++) {
		const Elf64_Shdr *s = &f->sections[i];

		if (has_content(s) && (!within(f->elf, s->sh_offset, s->sh_size) || !is_aligned_sanely(s)))
			return false;
		total += has_content(s) ? s->sh_size : 0;
		if (total > f->elf->len) /* they overlap, and would grow without end when they are laid out */
			return false;
	}
	const Elf64_Shdr *names = &f->sections[f->header.e_shstrndx];
	return has_content(names) && names->sh_size && !f->elf->data[names->sh_offset + names->sh_size - 1];
}

static bool load(struct module_file *f, const struct bytes *elf)
{
	*f = (struct module_file){.elf = elf};
	if (elf->len < sizeof(f->header))
		return false;
	memcpy(&f->header, elf->data, sizeof(f->header));
	size_t size = f->header.e_shnum * sizeof(*f->sections);
	if (memcmp(f->header.e_ident, ELFMAG, SELFMAG) || f->header.e_shentsize != sizeof(*f->sections) ||
	    f->header.e_shstrndx >= f->header.e_shnum || !within(elf, f->header.e_shoff, size))
		return false;
	f->sections = mem_need(malloc(size));
	memcpy(f->sections, elf->data + f->header.e_shoff, size);
	return sections_are_sane(f);
}

static bool is_debug(const struct module_file *f, const Elf64_Shdr *s)
{
	const Elf64_Shdr *names = &f->sections[f->header.e_shstrndx];
	const char *name = (const char *)f->elf->data + names->sh_offset + s->sh_name;

	if (s->sh_name >= names->sh_size || s->sh_flags & SHF_ALLOC)
		return false;
	return !strncmp(name, ".debug_", 7) || !strncmp(name, ".rela.debug_", 12);
}

static bool drop_debug(struct module_file *f)
{
	bool any = false;
	bool *drop = mem_need(calloc(f->header.e_shnum, sizeof(*drop)));

	for (unsigned int i = 0; i < f->header.e_shnum; i++)
		any |= drop[i] = is_debug(f, &f->sections[i]);
	for (unsigned int i = 0; i < f->header.e_shnum; i++)
		if (drop[i])
			f->sections[i] = (Elf64_Shdr){0};
	free(drop);
	return any;
}

static void align(struct bytes *out, uint64_t to)
{
	static const char zeros[4096];

	if (to > 1)
		bytes_append(out, zeros, (to - out->len % to) % to);
}

static struct bytes lay_out(struct module_file *f)
{
	struct bytes out = {0};

	bytes_append(&out, &f->header, sizeof(f->header));
	for (unsigned int i = 0; i < f->header.e_shnum; i++) {
		Elf64_Shdr *s = &f->sections[i];

		if (!has_content(s))
			continue;
		align(&out, s->sh_addralign);
		size_t at = out.len;
		bytes_append(&out, f->elf->data + s->sh_offset, s->sh_size);
		s->sh_offset = at;
	}
	align(&out, 8);
	f->header.e_shoff = out.len;
	bytes_append(&out, f->sections, f->header.e_shnum * sizeof(*f->sections));
	memcpy(out.data, &f->header, sizeof(f->header));
	return out;
}

void strip_module(struct bytes *elf)
{
	struct module_file f;

	if (load(&f, elf) && drop_debug(&f)) {
		struct bytes out = lay_out(&f);

		bytes_free(elf);
		*elf = out;
	}
	free(f.sections);
}

/*
 * struct module_signature (include/linux/module_signature.h) between the signature and the mark at the end; its last
 * member is the length of the signature, in the byte order of networks.
 */
#define SIGNATURE_MARK "~Module signature appended~\n"
#define SIGNATURE_INFO 12

void unsign_module(struct bytes *elf)
{
	const size_t mark = strlen(SIGNATURE_MARK), tail = SIGNATURE_INFO + mark;

	if (elf->len < tail || memcmp(elf->data + elf->len - mark, SIGNATURE_MARK, mark) != 0)
		return;
	const unsigned char *end = elf->data + elf->len - mark;
	size_t len = (size_t)end[-4] << 24 | (size_t)end[-3] << 16 | (size_t)end[-2] << 8 | end[-1];
	if (len <= elf->len - tail)
		elf->len -= tail + len;
}
