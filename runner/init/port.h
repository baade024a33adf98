/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_PORT_H
#define RUNNER_INIT_PORT_H

#include <stdio.h>

/* The two channels to the host, or one serial line for both where virtio_console is missing. */
struct ports {
	int orders;    /* host to guest */
	FILE *results; /* guest to host */
};

/* Gives a descriptor that hears of new ports, to be made before virtio_console is loaded; -1 in a kernel without netlink. */
int ports_listen(void);

/* Waits for both ports, and takes the serial line if there are none. Closes what ports_listen gave, if it did. */
void ports_open(struct ports *ports, int listener);

#endif
