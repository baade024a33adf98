// SPDX-License-Identifier: GPL-2.0-only
/* Packages: no crash, no name that leads out, and a fault exactly when one is returned. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/tests/vm/samples.h"
#include "vm/deb.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sample_file bad[] = {
		{.path = "./boot/vmlinuz-1", .symlink = "/etc/passwd"},
		{.path = "./boot/../../x", .content = {(unsigned char *)"x", 1}},
	};
	const char control[] = "Package: p\nVersion: 1\nArchitecture: amd64\n";

	(void)argc;
	(void)argv;
	/* Uncompressed: mutations of a compressed stream end at its checksum, and cost a dictionary each. */
	sample_seed("kernel", sample_kernel_deb(NULL));
	sample_seed("link", sample_deb(control, &bad[0], 1, NULL));
	sample_seed("escape", sample_deb(control, &bad[1], 1, NULL));
	return 0;
}

static int drain(void *arg, struct deb_file *file, struct fault *fault)
{
	char buffer[4096];
	long n;

	(void)arg;
	if (strcmp(file->name, "vmlinuz") && strcmp(file->name, "config") &&
	    (strncmp(file->name, "modules/kernel/", 15) || strstr(file->name, "/../")))
		abort();
	while ((n = file->read(file, buffer, sizeof(buffer), fault)) > 0)
		;
	return (int)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct deb_source source = {.name = "input", .data = data, .len = size};
	struct fault walked = {0}, read = {0};
	struct deb deb;

	if ((deb_walk(&source, drain, NULL, &walked) < 0) != (walked.status != 0))
		abort();
	if ((deb_control(&source, &deb, &read) < 0) != (read.status != 0))
		abort();
	deb_free(&deb);
	return 0;
}
