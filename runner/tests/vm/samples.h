/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TESTS_VM_SAMPLES_H
#define RUNNER_TESTS_VM_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/mem.h"

/* Small kernels, modules and packages, made by code: for the tests of vm/ and as seeds of its fuzzers. */

#define SAMPLE_RELEASE "6.12.1-sample"

/* A file with a valid boot header of protocol 2.15 and nothing that could run. */
struct bytes sample_bzimage(const char *release);

/* An x86-64 ELF file with a kernel's banner and, if pvh, Xen's PHYS32_ENTRY note. */
struct bytes sample_vmlinux(const char *release, bool pvh);

/* A relocatable x86-64 ELF file with a .modinfo section: the lines are "key=value", count of them. */
struct bytes sample_module(const char *const *lines, size_t count);

/* A module of SAMPLE_RELEASE with that many bytes of debug information. */
struct bytes sample_module_debug(size_t debug);

/* A module of SAMPLE_RELEASE that depends on others (comma-separated, or NULL). */
struct bytes sample_module_of(const char *depends);

/* The same without dependencies, and with a signature behind its end: 10 bytes of text. */
struct bytes sample_module_signed(void);

/* xz or zstd (an archive_write_add_filter_by_name() name) around bytes. */
struct bytes sample_compressed(const struct bytes *plain, const char *filter);

struct sample_file {
	const char *path;
	struct bytes content;
	const char *symlink, *hardlink;
};

/*
 * A Debian package with that control file and those files; filter names the compression of data.tar.
 * NULL: no compression anywhere, which lets a fuzzer see through.
 */
struct bytes sample_deb(const char *control, const struct sample_file *files, size_t count,
			const char *filter);

/* A complete linux-image package of SAMPLE_RELEASE with one module, veth. */
struct bytes sample_kernel_deb(const char *filter);

/* A temporary folder for one test, and a file in it (parents are made). Both end the test on trouble. */
char *sample_dir(void);
char *sample_put(const char *dir, const char *name, const struct bytes *content);
char *sample_put_text(const char *dir, const char *name, const char *text);

/* A configuration that passes config_check() for SAMPLE_RELEASE. */
extern const char sample_config[];

/* For fuzzers: with NSCHECK_SEEDS=DIR in the environment, writes a seed there. */
void sample_seed(const char *name, struct bytes content);
void sample_seed_text(const char *name, const char *text);

/* For fuzzers, once: a folder that is removed at the end, in memory where that has one. */
const char *sample_scratch(void);

#endif
