// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "runner/base/mem.h"
#include "runner/host/pool_inside.h"

enum { BOOT_FAILURES_MAX = 3, RESTORE_FAILURES_MAX = 2 };

static void explain(struct pool *p, const struct vm *vm)
{
	struct fault ignored = {0};
	char *command = vm_command(p->machine, &ignored);

	vm_explain(vm, &p->trouble);
	text_printf(&p->trouble, "the command was:\n%s\n", command ? command : "?");
	free(command);
}

/* Whether there is still another accelerator to try. */
static bool fall_back(struct pool *p, const struct vm *vm)
{
	if (!p->machine->config.kvm_on_trial || p->machine->accel != ACCEL_KVM || p->ever_ready)
		return false;
	p->machine->accel = ACCEL_TCG;
	accel_remember_broken(p->accel);
	char *text = mem_printf("KVM does not work here (%s): emulating instead, and from now on",
				vm_life(vm)->failure);
	pool_note(p, text);
	free(text);
	pool_journal(p, "facts", json_pack("{s:s}", "accel", accel_name(ACCEL_TCG)));
	if (p->machine->snapshots_wanted) {
		char key[65];

		if (!machine_snapshot_key(p->machine, key, p->fault))
			snapshot_find(p->machine->snapshots, key);
	}
	return true;
}

static void boot_failed(struct pool *p, const struct vm *vm)
{
	/* A monitor has been seen to end before any output, for no reason that came back. */
	bool silent = !vm_life(vm)->killed && vm_life(vm)->silent;

	if (fall_back(p, vm))
		return;
	p->failures++;
	if (p->failures < BOOT_FAILURES_MAX && (p->ever_ready || (silent && p->failures == 1)))
		return;
	explain(p, vm);
	pool_fault(p, vm_life(vm)->failure);
}

static void restore_failed(struct pool *p, const struct vm *vm)
{
	char *text;

	if (p->machine->snapshots->fd < 0)
		return; /* another VM has said it already */
	text = mem_printf("the saved VM cannot be restored (%s): it is thrown away", vm_life(vm)->failure);
	pool_note(p, text);
	free(text);
	snapshot_discard(p->machine->snapshots);
	if (++p->restore_failures >= RESTORE_FAILURES_MAX)
		p->machine->snapshots_wanted = false;
}

/* Somebody on the host killed it before it was ready: that says nothing about the kernel or the snapshot. */
static void taken(struct pool *p, const struct vm *vm)
{
	if (++p->failures < BOOT_FAILURES_MAX) {
		pool_note(p, vm_life(vm)->failure);
		return;
	}
	explain(p, vm);
	pool_fault(p, vm_life(vm)->failure);
}

static void handle_end(struct pool *p, const struct vm *vm)
{
	if (p->dropping)
		return;
	if (vm_life(vm)->taken && !vm_life(vm)->ready_at) {
		taken(p, vm);
		return;
	}
	switch (vm_life(vm)->end) {
	case VM_END_ASKED: break;
	case VM_END_BOOT: boot_failed(p, vm); break;
	case VM_END_RESTORE: restore_failed(p, vm); break;
	case VM_END_SETUP:
		vm_explain(vm, &p->trouble);
		pool_fault(p, vm_life(vm)->failure);
		break;
	case VM_END_CRASH:
		if (!vm_life(vm)->tests_run && ++p->failures >= BOOT_FAILURES_MAX)
			pool_fault(p, "the VMs end before they run a test");
		break;
	}
}

void pool_lose(struct pool *p, struct slot *slot)
{
	struct vm *vm = slot->vm;

	handle_end(p, vm);
	if (!slot->held) {
		if (slot->has_job && slot->job.search && !p->dropping) /* gone between two tests of a trial */
			again_trial(p, &slot->job, false);
		slot->has_job = false;
	}
	slot->vm = NULL;
	slot->spoiled = slot->announced = false;
	slot->ran = 0;
	vm_free(vm);
}
