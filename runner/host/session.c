// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/session.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/file.h"
#include "vm/image.h"
#include "vm/share.h"

/* Whether the command line makes the kernel insist on signatures of modules (module.sig_enforce, lockdown=). */
static bool wants_signatures(const char *append)
{
	return append && (strstr(append, "sig_enforce") || strstr(append, "lockdown"));
}

static int resolve(struct session *s, const struct session_request *wanted, struct fault *fault)
{
	struct image_request image = {.kernel = &s->kernel,
				      .init = wanted->init,
				      .guest = wanted->machine.shell ? wanted->guest : NULL,
				      .runtime = wanted->runtime.name ? &s->runtime : NULL,
				      .signatures = wants_signatures(wanted->machine.append)};
	int64_t began = loop_now();

	if (kernel_resolve(&wanted->kernel, wanted->cache, &s->kernel, fault))
		return -1;
	s->kernel_ms = loop_now() - began;
	began = loop_now();
	if (wanted->runtime.name && runtime_resolve(&wanted->runtime, wanted->cache, &s->runtime, fault))
		return -1;
	if (image_build(&image, wanted->cache, &s->initrd, fault))
		return -1;
	s->image_ms = loop_now() - began;
	return 0;
}

static int map_suites(struct session *s, const char *path, struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0) {
		fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %m", path);
		goto fail;
	}
	s->suites = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (s->suites == MAP_FAILED) {
		s->suites = NULL;
		fault_set(fault, EXIT_UNFINISHED, "cannot map %s: %m", path);
		goto fail;
	}
	s->machine.suites = s->suites;
	s->machine.suites_len = (size_t)st.st_size;
	close(fd);
	return 0;
fail:
	if (fd >= 0)
		close(fd);
	return -1;
}

static int share_files(struct session *s, struct fault *fault)
{
	struct machine *m = &s->machine;

	if (!m->identity.drop)
		return 0;
	m->kernel_fd = spawn_share_file(s->kernel.image, fault);
	m->initrd_fd = m->kernel_fd < 0 ? -1 : spawn_share_file(s->initrd, fault);
	return m->initrd_fd < 0 ? -1 : 0;
}

/* What may be shared of a machine's memory, which holds it twice while it boots. */
enum { SHARED_PART = 4 };

static int share_folder(struct session *s, const struct session_request *wanted, struct fault *fault)
{
	struct machine *m = &s->machine;

	if (!wanted->share)
		return 0;
	if (m->initrd_fd >= 0)
		close(m->initrd_fd);
	m->initrd_fd = share_pack(wanted->share, s->initrd,
				  ((long long)m->config.memory_mib << 20) / SHARED_PART, fault);
	return m->initrd_fd < 0 ? -1 : 0;
}

static int find_snapshot(struct session *s, const struct session_request *wanted, struct fault *fault)
{
	char key[65];

	if (snapshots_init(&s->snapshots, wanted->cache, wanted->snapshots_mib, fault))
		return -1;
	s->machine.snapshots_wanted = wanted->snapshots_mib > 0;
	if (!s->machine.snapshots_wanted)
		return 0;
	if (machine_snapshot_key(&s->machine, key, fault))
		return -1;
	snapshot_find(&s->snapshots, key);
	return 0;
}

static int load_allowed(struct session *s, const char *home, struct fault *fault)
{
	char *path = mem_printf("%s/../results/splats.allow", home);
	int ret = splat_allow_load(&s->allow, path, fault);

	free(path);
	return ret;
}

static int await_debugger(struct session *s, struct fault *fault)
{
	if (debugger_listen(&s->debugger, fault))
		return -1;
	s->machine.debugger_fd = s->debugger.fd;
	s->hint = debugger_hint(&s->debugger, &s->kernel);
	return 0;
}

/* A kernel that has it as a module hands its note for debuggers over once that is loaded. */
static void set_up_dump(struct session *s)
{
	struct machine_config *c = &s->machine.config;

	strings_add(&s->setup, "modprobe -q qemu_fw_cfg || :");
	for (size_t i = 0; i < c->setups; i++)
		strings_add(&s->setup, c->setup[i]);
	c->setup = s->setup.items;
	c->setups = s->setup.count;
}

int session_open(struct session *s, const struct session_request *wanted, struct fault *fault)
{
	memset(s, 0, sizeof(*s));
	s->loop.epoll = s->snapshots.fd = s->debugger.fd = -1;
	s->machine = (struct machine){.config = wanted->machine,
				      .loop = &s->loop,
				      .kernel = &s->kernel,
				      .kernel_fd = -1,
				      .initrd_fd = -1,
				      .debugger_fd = -1,
				      .snapshots = &s->snapshots,
				      .allow = &s->allow,
				      .monitor_version = s->qemu_version};
	if (wanted->machine.dumped)
		set_up_dump(s);
	int64_t began = loop_now();
	if (dir_make(wanted->cache, fault))
		return -1;
	s->machine.monitor = monitor_find(wanted->machine.program, wanted->cache, s->qemu_version,
					  sizeof(s->qemu_version), fault);
	if (!s->machine.monitor)
		return -1;
	s->qemu_ms = loop_now() - began;
	if (identity_choose(&s->machine.identity, &s->kvm_opens, fault) || resolve(s, wanted, fault))
		return -1;
	s->machine.initrd = s->initrd;
	if (s->runtime.name)
		s->machine.config.test_factor *= s->runtime.slowness;
	accel_init(&s->accel, wanted->cache, s->qemu_version);
	s->machine.accel = accel_choose(&s->accel, wanted->accel, s->kvm_opens);
	if (wanted->accel == ACCEL_KVM && !s->kvm_opens)
		return fault_set(fault, EXIT_BAD_INPUT,
				 "--accel kvm: /dev/kvm cannot be opened by the user that the VM runs as");
	if (loop_init(&s->loop))
		return fault_set(fault, EXIT_UNFINISHED, "cannot make an event loop: %m");
	if (wanted->machine.debugged && await_debugger(s, fault))
		return -1;
	if (map_suites(s, wanted->guest, fault) || share_files(s, fault) || share_folder(s, wanted, fault) ||
	    load_allowed(s, wanted->home, fault))
		return -1;
	began = loop_now();
	int ret = find_snapshot(s, wanted, fault);
	s->snapshot_ms = loop_now() - began;
	return ret;
}

void session_close(struct session *s)
{
	struct machine *m = &s->machine;

	if (m->kernel_fd >= 0)
		close(m->kernel_fd);
	if (m->initrd_fd >= 0)
		close(m->initrd_fd);
	if (s->suites)
		munmap(s->suites, m->suites_len);
	splat_allow_free(&s->allow);
	snapshots_close(&s->snapshots);
	accel_free(&s->accel);
	loop_close(&s->loop);
	debugger_close(&s->debugger);
	free(s->hint);
	strings_free(&s->setup);
	kernel_free(&s->kernel);
	runtime_free(&s->runtime);
	free(s->initrd);
}
