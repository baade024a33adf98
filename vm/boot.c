// SPDX-License-Identifier: GPL-2.0-only
#include "vm/boot.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

/* The real-mode header, Documentation/arch/x86/boot.rst. */
#define SETUP_SECTS    0x1f1
#define SYSSIZE        0x1f4 /* of what follows the setup, in units of 16 bytes, rounded up */
#define BOOT_FLAG      0x1fe
#define HEADER_MAGIC   0x202
#define PROTOCOL       0x206
#define VERSION_STRING 0x20e /* offset from 0x200 */
#define XLOADFLAGS     0x236
#define HEADER_END     0x238
#define XLF_KERNEL_64  0x1
#define PROTOCOL_64    0x020c /* 2.12: the first with xloadflags */
#define SECTOR         512
#define DEFAULT_SECTS  4 /* what 0 means */

#define ARM64_MAGIC 0x38
#define XEN_PHYS32  18 /* XEN_ELFNOTE_PHYS32_ENTRY, xen/interface/elfnote.h */

/* First bytes of the compressed files that people take for kernels. */
#define GZIP "\x1f\x8b"
#define XZ   "\xfd\x37\x7a\x58"
#define ZSTD "\x28\xb5\x2f\xfd"

struct view {
	const unsigned char *data;
	size_t len;
	const char *name;
};

static unsigned int u16(const struct view *v, size_t at)
{
	return v->data[at] | (unsigned int)v->data[at + 1] << 8;
}

static uint64_t u32(const struct view *v, size_t at)
{
	return u16(v, at) | (uint64_t)u16(v, at + 2) << 16;
}

static bool within(const struct view *v, uint64_t at, uint64_t len)
{
	return at <= v->len && len <= v->len - at;
}

bool release_valid(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~-";
	size_t len = strspn(s, allowed);

	return len && len <= RELEASE_MAX && !s[len] && s[0] != '.';
}

/* Copies the first word at `at`; false when it is no release. */
static bool take_release(const struct view *v, size_t at, char release[RELEASE_MAX + 1])
{
	size_t len = 0;

	while (at + len < v->len && len <= RELEASE_MAX && v->data[at + len] > ' ')
		len++;
	if (len > RELEASE_MAX)
		return false;
	memcpy(release, v->data + at, len);
	release[len] = '\0';
	return release_valid(release);
}

static int bzimage_release(const struct view *v, char release[RELEASE_MAX + 1], struct fault *fault)
{
	size_t sectors = v->data[SETUP_SECTS] ? v->data[SETUP_SECTS] : DEFAULT_SECTS;
	size_t setup_end = (sectors + 1) * SECTOR;
	size_t version = u16(v, VERSION_STRING);

	if (u16(v, PROTOCOL) < PROTOCOL_64 || !(u16(v, XLOADFLAGS) & XLF_KERNEL_64))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is a 32-bit or very old x86 kernel: give one built for x86-64", v->name);
	if (v->len <= setup_end || v->len + SECTOR < setup_end + u32(v, SYSSIZE) * 16)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is cut short after %zu bytes: copy or build it again", v->name, v->len);
	if (!version || version + 0x200 >= setup_end || !take_release(v, version + 0x200, release))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s has a damaged boot header: it names no kernel release", v->name);
	return 0;
}

/* Walks one PT_NOTE segment for Xen's PHYS32_ENTRY note, by which a monitor finds the PVH entry. */
static bool note_is_pvh(const struct view *v, uint64_t at, uint64_t size)
{
	Elf64_Nhdr n;

	while (size >= sizeof(n)) {
		memcpy(&n, v->data + at, sizeof(n));
		uint64_t name = ((uint64_t)n.n_namesz + 3) & ~3ULL, desc = ((uint64_t)n.n_descsz + 3) & ~3ULL;
		uint64_t whole = sizeof(n) + name + desc;

		if (whole > size)
			return false;
		if (n.n_type == XEN_PHYS32 && n.n_namesz == 4 && !memcmp(v->data + at + sizeof(n), "Xen", 4))
			return true;
		at += whole;
		size -= whole;
	}
	return false;
}

static bool has_pvh(const struct view *v, const Elf64_Ehdr *eh)
{
	Elf64_Phdr ph;

	for (unsigned int i = 0; i < eh->e_phnum; i++) {
		uint64_t at = eh->e_phoff + (uint64_t)i * eh->e_phentsize;

		if (eh->e_phoff > v->len || !within(v, at, sizeof(ph)))
			return false;
		memcpy(&ph, v->data + at, sizeof(ph));
		if (ph.p_type == PT_NOTE && within(v, ph.p_offset, ph.p_filesz) &&
		    note_is_pvh(v, ph.p_offset, ph.p_filesz))
			return true;
	}
	return false;
}

static bool banner_release(const struct view *v, char release[RELEASE_MAX + 1])
{
	static const char banner[] = "Linux version ";
	const unsigned char *p = v->data, *end = v->data + v->len;

	/* The format string "Linux version %s" comes by as well: a '%' makes no release. */
	while ((p = memmem(p, (size_t)(end - p), banner, sizeof(banner) - 1))) {
		p += sizeof(banner) - 1;
		if (take_release(v, (size_t)(p - v->data), release))
			return true;
	}
	return false;
}

static int elf_release(const struct view *v, char release[RELEASE_MAX + 1], struct fault *fault)
{
	Elf64_Ehdr eh;

	if (v->len < sizeof(eh))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is cut short after %zu bytes: copy or build it again", v->name, v->len);
	memcpy(&eh, v->data, sizeof(eh));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh.e_machine != EM_X86_64)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is an ELF file for another architecture: give an x86-64 kernel",
				 v->name);
	if (!banner_release(v, release))
		return fault_set(
			fault, EXIT_BAD_INPUT,
			"%s is no kernel: an ELF file without \"Linux version\"; give a bzImage or a vmlinux",
			v->name);
	if (!has_pvh(v, &eh))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s has no PVH entry, so no VM can boot it: give the bzImage, or build "
				 "with CONFIG_PVH=y",
				 v->name);
	return 0;
}

static bool starts(const struct view *v, size_t at, const char *magic, size_t len)
{
	return within(v, at, len) && !memcmp(v->data + at, magic, len);
}

static int not_a_kernel(const struct view *v, struct fault *fault)
{
	if (!v->len)
		return fault_set(fault, EXIT_BAD_INPUT, "%s is empty: give a bzImage or a vmlinux", v->name);
	if (starts(v, ARM64_MAGIC, "ARM\x64", 4))
		return fault_set(fault, EXIT_BAD_INPUT, "%s is an arm64 kernel: give one built for x86-64",
				 v->name);
	if (starts(v, 0, GZIP, 2) || starts(v, 0, XZ, 4) || starts(v, 0, ZSTD, 4))
		return fault_set(fault, EXIT_BAD_INPUT,
				 "%s is compressed: give the bzImage, or unpack it first", v->name);
	return fault_set(fault, EXIT_BAD_INPUT,
			 "%s is not a kernel: give a bzImage, a vmlinux, a build tree or a .deb", v->name);
}

int boot_release(const void *data, size_t len, const char *name, char release[RELEASE_MAX + 1],
		 struct fault *fault)
{
	struct view v = {.data = data, .len = len, .name = name};

	if (starts(&v, 0, ELFMAG, SELFMAG))
		return elf_release(&v, release, fault);
	if (len >= HEADER_END && u16(&v, BOOT_FLAG) == 0xaa55 && starts(&v, HEADER_MAGIC, "HdrS", 4))
		return bzimage_release(&v, release, fault);
	return not_a_kernel(&v, fault);
}
