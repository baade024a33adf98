/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_GUEST_INSIDE_H
#define RUNNER_GUEST_INSIDE_H

/*
 * `nscheck-guest inside [--expect FILE]`: the first program of a container that whatever engine started. Checks
 * what can be seen from inside alone, prints KTAP, and ends as a kselftest does. It changes nothing outside of
 * the container, and inside only what it puts back.
 */
int inside(int argc, char **argv);

#endif
