// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that kill the kernel for real: a small module of its own whose first instructions are others; see expected.tsv.
 */
#include <elf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "helpers/nscheck.h"

#define GROUP     "selftest.kernel"
#define GROUP_OWN (NS_IPC | NS_NET)

struct module {
	char *start; /* of the file, an ELF object */
	Elf64_Ehdr *head;
	Elf64_Shdr *sections;
};

static struct module module_open(const char *file)
{
	struct module m;
	struct stat st;

	if (!file_exists(file))
		SKIP("no %s", file);
	int fd = MUST(open(file, O_RDONLY | O_CLOEXEC));
	MUST(fstat(fd, &st));
	m.start = MUST(mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	m.head = (Elf64_Ehdr *)m.start;
	m.sections = (Elf64_Shdr *)(m.start + m.head->e_shoff);
	close(fd);
	return m;
}

static Elf64_Sym *module_symbol(const struct module *m, const char *name)
{
	for (int i = 0; i < m->head->e_shnum; i++) {
		const Elf64_Shdr *s = &m->sections[i];
		const char *names = m->start + m->sections[s->sh_link].sh_offset;
		Elf64_Sym *symbols = (Elf64_Sym *)(m->start + s->sh_offset);
		for (size_t j = 0; s->sh_type == SHT_SYMTAB && j < s->sh_size / sizeof(*symbols); j++)
			if (strcmp(names + symbols[j].st_name, name) == 0)
				return &symbols[j];
	}
	return NULL;
}

/* The linker would write addresses over what stands there now. */
static void drop_relocations(const struct module *m, unsigned int section, size_t from, size_t to)
{
	for (int i = 0; i < m->head->e_shnum; i++) {
		const Elf64_Shdr *s = &m->sections[i];
		Elf64_Rela *all = (Elf64_Rela *)(m->start + s->sh_offset);
		for (size_t j = 0;
		     s->sh_type == SHT_RELA && s->sh_info == section && j < s->sh_size / sizeof(*all); j++)
			if (all[j].r_offset >= from && all[j].r_offset < to)
				all[j].r_info = ELF64_R_INFO(0, R_X86_64_NONE);
	}
}

/* Loads dummy.ko with `code` at the beginning of its init function, behind endbr64 and the call for the function tracer. */
static void kernel_runs(const char *code, size_t size)
{
	struct utsname kernel;

	MUST(uname(&kernel));
	struct module m = module_open(path("/lib/modules/%s/dummy.ko", kernel.release));
	const Elf64_Sym *init = MUST(module_symbol(&m, "init_module"));
	char *text = m.start + m.sections[init->st_shndx].sh_offset;
	size_t at = init->st_value;
	if (memcmp(text + at, "\xf3\x0f\x1e\xfa", 4) == 0)
		at += 4;
	if (text[at] == '\xe8')
		at += 5;
	drop_relocations(&m, init->st_shndx, at, at + size);
	memcpy(text + at, code, size);
	/* A signature would stand behind the table of sections. */
	MUST(syscall(SYS_init_module, m.start, m.head->e_shoff + m.head->e_shnum * sizeof(*m.sections), ""));
}

/* Machine code as a string. */
#define KERNEL_RUNS(code) kernel_runs(code, sizeof(code) - 1)

CASE(invalid_opcode, .alone = true)
{
	KERNEL_RUNS("\x0f\x0b"); /* ud2 */
}

CASE(write_through_null, .alone = true)
{
	KERNEL_RUNS("\xc7\x04\x25\0\0\0\0\0\0\0\0"); /* movl $0, 0 */
}

CASE(triple_fault, .alone = true)
{
	/* push $0; push $0; lidt (%rsp); ud2: no handler for that, nor for the fault that this is */
	KERNEL_RUNS("\x6a\x00\x6a\x00\x0f\x01\x1c\x24\x0f\x0b");
}

CASE(soft_lockup_hangs, .alone = true, .timeout = 12)
{
	MUST(file_write("/proc/sys/kernel/watchdog_thresh", "1"));
	KERNEL_RUNS("\xeb\xfe"); /* jmp . */
}

CASE(interrupts_off_hangs, .alone = true, .timeout = 1)
{
	KERNEL_RUNS("\xfa\xeb\xfe"); /* cli; jmp . */
}
