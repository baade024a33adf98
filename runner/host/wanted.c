// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/wanted.h"

struct plan_request wanted_plan(const struct options *o)
{
	return (struct plan_request){.kernel = o->kernel.spec,
				     .fresh_vm = o->fresh_vm,
				     .cold = o->cold,
				     .in_order = o->in_order,
				     .sabotage = o->sabotage};
}

/* The guest's own clock goes on while a debugger looks at one thing after the other. */
enum { DEBUGGED_FACTOR = 1000 };

/* A time limit is stretched by a factor of more than 1 where the harness itself waits, but never made shorter. */
static double patience(double factor)
{
	return factor > 1 ? factor : 1;
}

struct session_request wanted_session(const struct options *o)
{
	return (struct session_request){
		.kernel = o->kernel,
		.runtime = o->runtime,
		.machine = {.program = o->qemu,
			    .append = o->append,
			    .memory_mib = o->memory,
			    .cpus = o->cpus,
			    .more = o->qemu_args.items,
			    .more_count = o->qemu_args.count,
			    .shell = o->task == TASK_SHELL,
			    .setup = o->setup.items,
			    .setups = o->setup.count,
			    .test_factor = o->timeout_factor * (o->gdb ? DEBUGGED_FACTOR : 1),
			    .debugged = o->gdb,
			    .dumped = o->dump,
			    .patience = patience(o->timeout_factor),
			    .kvm_on_trial = o->accel == ACCEL_AUTO,
			    .runtime = o->runtime.name},
		.accel = o->accel,
		.init = o->init,
		.guest = o->guest,
		.cache = o->cache,
		.home = o->home,
		.share = o->share,
		.snapshots_mib = o->cold || o->gdb || o->task == TASK_SHELL ? 0 : o->cache_size,
	};
}

struct pool_config wanted_pool(const struct options *o)
{
	return (struct pool_config){.sabotage = o->sabotage,
				    .cold = o->cold,
				    .repeat = o->repeat,
				    .reruns = o->reruns,
				    .fail_fast = o->fail_fast};
}

struct entries_request wanted_entries(const struct options *o)
{
	return (struct entries_request){.listed = o->matrix,
					.kernels = &o->kernels,
					.otherwise = o->kernel.spec,
					.runtimes = &o->runtimes};
}

struct shard_request wanted_shard(const struct options *o)
{
	return (struct shard_request){.part = o->shard,
				      .parts = o->shards,
				      .times = o->times,
				      .selection = &o->selection,
				      .sabotage = o->sabotage};
}

struct gather_request wanted_facts(const struct options *o)
{
	return (struct gather_request){.kernel = o->kernel.spec,
				       .runtime = o->runtime.name,
				       .sabotage = o->sabotage,
				       .arguments = o->argv + 1,
				       .argument_count = (size_t)o->argc - 1,
				       .options = options_told(o)};
}

struct after wanted_after(const struct options *o)
{
	return (struct after){
		.annotations = o->github, .silent = o->silent, .update_baseline = o->update_baseline};
}
