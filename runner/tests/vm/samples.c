// SPDX-License-Identifier: GPL-2.0-only
#include "runner/tests/vm/samples.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"

#define BUFFER (4U << 20)

const char sample_config[] =
	"# Linux/x86 6.12.1 Kernel Configuration\n"
	"CONFIG_64BIT=y\nCONFIG_BLK_DEV_INITRD=y\nCONFIG_BINFMT_ELF=y\nCONFIG_DEVTMPFS=y\n"
	"CONFIG_TTY=y\nCONFIG_SERIAL_8250=y\nCONFIG_SERIAL_8250_CONSOLE=y\n"
	"CONFIG_PRINTK=y\nCONFIG_PROC_FS=y\nCONFIG_SYSFS=y\nCONFIG_TMPFS=y\nCONFIG_POSIX_TIMERS=y\n"
	"CONFIG_TIMERFD=y\nCONFIG_EVENTFD=y\nCONFIG_MEMFD_CREATE=y\nCONFIG_PCI=y\n"
	"CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n"
	"CONFIG_MODULES=y\n";

static struct bytes zeros(size_t len)
{
	return (struct bytes){.data = mem_zalloc(len), .len = len};
}

struct bytes sample_bzimage(const char *release)
{
	struct bytes b = zeros(4096);

	b.data[0x1f1] = 3; /* four sectors with the boot sector: 2048 bytes of setup */
	b.data[0x1f4] = 2048 / 16;
	b.data[0x1fe] = 0x55;
	b.data[0x1ff] = 0xaa;
	memcpy(b.data + 0x202, "HdrS\x0f\x02", 6);
	b.data[0x20f] = 2; /* version string at 0x400 */
	b.data[0x236] = 1; /* XLF_KERNEL_64 */
	snprintf((char *)b.data + 0x400, 256, "%s (someone@somewhere) #1 SMP", release);
	return b;
}

struct bytes sample_vmlinux(const char *release, bool pvh)
{
	static const char note[] = "\4\0\0\0\4\0\0\0\x12\0\0\0Xen\0\0\0\0\1";
	Elf64_Ehdr eh = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			 .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_phoff = sizeof(eh),
			 .e_ehsize = sizeof(eh),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = pvh};
	Elf64_Phdr ph = {
		.p_type = PT_NOTE, .p_offset = sizeof(eh) + sizeof(ph), .p_filesz = sizeof(note) - 1};
	struct bytes b = {0};

	bytes_append(&b, &eh, sizeof(eh));
	bytes_append(&b, &ph, sizeof(ph));
	bytes_append(&b, note, sizeof(note) - 1);
	char *banner = mem_printf("Linux version %%s (%%s)\nLinux version %s (someone@somewhere)\n", release);
	bytes_append(&b, banner, strlen(banner));
	free(banner);
	return b;
}

/* Header, contents of .modinfo, names of the sections, debug information, section headers. */
static struct bytes module_with(const char *const *lines, size_t count, size_t debug)
{
	static const char names[] = "\0.modinfo\0.shstrtab\0.debug_info";
	struct bytes info = {0}, junk = zeros(debug + 1), b = {0};

	for (size_t i = 0; i < count; i++)
		bytes_append(&info, lines[i], strlen(lines[i]) + 1);
	size_t names_at = sizeof(Elf64_Ehdr) + info.len, debug_at = names_at + sizeof(names);
	size_t headers_at = (debug_at + debug + 7) & ~7UL;
	Elf64_Ehdr eh = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			 .e_type = ET_REL,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_shoff = headers_at,
			 .e_ehsize = sizeof(eh),
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = debug ? 4 : 3,
			 .e_shstrndx = 2};
	Elf64_Shdr sh[] = {
		{0},
		{.sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = sizeof(eh), .sh_size = info.len},
		{.sh_name = 10, .sh_type = SHT_STRTAB, .sh_offset = names_at, .sh_size = sizeof(names)},
		{.sh_name = 20, .sh_type = SHT_PROGBITS, .sh_offset = debug_at, .sh_size = debug},
	};

	bytes_append(&b, &eh, sizeof(eh));
	bytes_append(&b, info.data, info.len);
	bytes_append(&b, names, sizeof(names));
	bytes_append(&b, junk.data, debug);
	bytes_append(&b, "\0\0\0\0\0\0\0", headers_at - debug_at - debug);
	bytes_append(&b, sh, eh.e_shnum * sizeof(*sh));
	bytes_free(&info);
	bytes_free(&junk);
	return b;
}

struct bytes sample_module(const char *const *lines, size_t count)
{
	return module_with(lines, count, 0);
}

struct bytes sample_module_debug(size_t debug)
{
	const char *lines[] = {"depends=", "vermagic=" SAMPLE_RELEASE " SMP"};

	return module_with(lines, 2, debug);
}

struct bytes sample_module_of(const char *depends)
{
	char *line = mem_printf("depends=%s", depends ? depends : "");
	const char *lines[] = {line, "vermagic=" SAMPLE_RELEASE " SMP preempt mod_unload modversions ",
			       "license=GPL"};
	struct bytes b = sample_module(lines, 3);

	free(line);
	return b;
}

struct bytes sample_module_signed(void)
{
	struct bytes module = sample_module_of(NULL);

	bytes_append(&module, "SIGNATURE~", 10);
	bytes_append(&module, (const unsigned char[12]){[11] = 10}, 12);
	bytes_append(&module, "~Module signature appended~\n", 28);
	return module;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "cannot make a sample: %s\n", what);
	abort();
}

static void put(struct archive *a, const struct sample_file *file)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, file->path);
	archive_entry_set_filetype(entry, file->symlink ? AE_IFLNK : AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, file->symlink || file->hardlink ? 0 : (la_int64_t)file->content.len);
	if (file->symlink)
		archive_entry_set_symlink(entry, file->symlink);
	if (file->hardlink)
		archive_entry_set_hardlink(entry, file->hardlink);
	need(archive_write_header(a, entry) == ARCHIVE_OK, archive_error_string(a));
	if (!file->symlink && !file->hardlink)
		archive_write_data(a, file->content.data, file->content.len);
	archive_entry_free(entry);
}

static struct bytes archived(int (*format)(struct archive *), const char *filter,
			     const struct sample_file *files, size_t count)
{
	struct bytes b = zeros(BUFFER);
	struct archive *a = mem_need(archive_write_new());
	size_t used = 0;

	need(format(a) == ARCHIVE_OK, "format");
	need(!filter || archive_write_add_filter_by_name(a, filter) == ARCHIVE_OK, "filter");
	archive_write_set_bytes_in_last_block(a, 1);
	need(archive_write_open_memory(a, b.data, b.len, &used) == ARCHIVE_OK, "open");
	for (size_t i = 0; i < count; i++)
		put(a, &files[i]);
	need(archive_write_close(a) == ARCHIVE_OK, archive_error_string(a));
	archive_write_free(a);
	b.len = used;
	return b;
}

struct bytes sample_compressed(const struct bytes *plain, const char *filter)
{
	struct sample_file file = {.path = "x", .content = *plain};

	return archived(archive_write_set_format_raw, filter, &file, 1);
}

struct bytes sample_deb(const char *control, const struct sample_file *files, size_t count,
			const char *filter)
{
	struct sample_file text = {.path = "./control",
				   .content = {(unsigned char *)control, strlen(control)}};
	struct bytes inner[] = {archived(archive_write_set_format_ustar, filter ? "xz" : NULL, &text, 1),
				archived(archive_write_set_format_ustar, filter, files, count)};
	const struct sample_file members[] = {
		{.path = "debian-binary", .content = {(unsigned char *)"2.0\n", 4}},
		{.path = filter ? "control.tar.xz" : "control.tar", .content = inner[0]},
		{.path = "data.tar", .content = inner[1]},
	};
	struct bytes deb = archived(archive_write_set_format_ar_svr4, NULL, members, 3);

	bytes_free(&inner[0]);
	bytes_free(&inner[1]);
	return deb;
}

struct bytes sample_kernel_deb(const char *filter)
{
	struct bytes image = sample_bzimage(SAMPLE_RELEASE), module = sample_module_of(NULL);
	struct bytes packed = sample_compressed(&module, "xz");
	const struct sample_file files[] = {
		{.path = "./boot/vmlinuz-" SAMPLE_RELEASE, .content = image},
		{.path = "./boot/config-" SAMPLE_RELEASE,
		 .content = {(unsigned char *)sample_config, strlen(sample_config)}},
		{.path = "./usr/lib/modules/" SAMPLE_RELEASE "/kernel/drivers/net/veth.ko.xz",
		 .content = packed},
		{.path = "./usr/share/doc/linux-image/copyright", .content = {(unsigned char *)"GPL", 3}},
		{.path = "./usr/share/bug/linux-image", .symlink = "linux-base"},
	};
	struct bytes deb =
		sample_deb("Package: linux-image-" SAMPLE_RELEASE "\nVersion: 6.12.1-1\nArchitecture: amd64\n"
			   "Depends: kmod, linux-base (>= 4.3~)\n",
			   files, 5, filter);

	bytes_free(&image);
	bytes_free(&module);
	bytes_free(&packed);
	return deb;
}

char *sample_dir(void)
{
	char *dir = mem_printf("%s/nscheck-test.XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");

	need(mkdtemp(dir) != NULL, dir);
	return dir;
}

char *sample_put(const char *dir, const char *name, const struct bytes *content)
{
	char *path = mem_printf("%s/%s", dir, name);
	struct fault fault = {0};
	char *slash = strrchr(path, '/');

	*slash = '\0';
	need(dir_make(path, &fault) == 0, fault.text);
	*slash = '/';
	need(file_store(path, content->data, content->len, &fault) == 0, fault.text);
	return path;
}

char *sample_put_text(const char *dir, const char *name, const char *text)
{
	struct bytes content = {(unsigned char *)text, strlen(text)};

	return sample_put(dir, name, &content);
}

void sample_seed(const char *name, struct bytes content)
{
	const char *dir = getenv("NSCHECK_SEEDS");

	if (dir)
		free(sample_put(dir, name, &content));
	bytes_free(&content);
}

void sample_seed_text(const char *name, const char *text)
{
	struct bytes content = {0};

	bytes_append(&content, (const unsigned char *)text, strlen(text));
	sample_seed(name, content);
}

static char scratch[] = "/dev/shm/nscheck-fuzz-XXXXXX";

static void remove_scratch(void)
{
	char *command = mem_printf("rm -rf '%s'", scratch);

	if (system(command))
		perror(scratch);
	free(command);
}

const char *sample_scratch(void)
{
	if (access("/dev/shm", W_OK) < 0)
		strcpy(scratch, "/tmp/nscheck-fuzz-XXXXXX");
	need(mkdtemp(scratch) != NULL, scratch);
	atexit(remove_scratch);
	return scratch;
}
