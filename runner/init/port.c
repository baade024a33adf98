// SPDX-License-Identifier: GPL-2.0-only
/* The channels to the host: two virtio ports by name, or the second serial line for both. */
#include "runner/init/port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/die.h"

#define PORTS          "/sys/class/virtio-ports"
#define NO_PORTS_AFTER 10000 /* ms: a hang guard for a driver that was loaded but found no device */
#define LOOK_EVERY     20    /* ms: where no event tells of a device */

int ports_listen(void)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -1; /* a kernel without networks: ports_open looks again and again */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("cannot listen for devices: %s", strerror(errno));
	return fd;
}

static int open_named(const char *name, int flags)
{
	DIR *dir = opendir(PORTS);
	int found = -1;

	for (struct dirent *entry; dir && found < 0 && (entry = readdir(dir));) {
		char path[300], label[64] = "";
		snprintf(path, sizeof(path), PORTS "/%s/name", entry->d_name);
		FILE *file = fopen(path, "re");
		if (!file)
			continue;
		bool named = fgets(label, sizeof(label), file) && strcmp(strtok(label, "\n"), name) == 0;
		fclose(file);
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		if (named)
			found = open(path, flags | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void serial(struct ports *ports)
{
	int fd = open("/dev/" TTY_CHANNEL, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (fd < 0 || tcgetattr(fd, &raw) < 0)
		die("no virtio ports and no second serial line: %s", strerror(errno));
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	raw.c_cflag |= CLOCAL;
	tcsetattr(fd, TCSANOW, &raw);
	ports->orders = fd;
	ports->results = fdopen(dup(fd), "w");
}

/* Waits for a change of the devices. False if none came, or none will. */
static bool wait_change(int listener)
{
	static int looks;
	struct pollfd event = {.fd = listener, .events = POLLIN};
	char uevent[4096];

	if (listener < 0)
		return poll(NULL, 0, LOOK_EVERY) == 0 && looks++ < NO_PORTS_AFTER / LOOK_EVERY;
	return poll(&event, 1, NO_PORTS_AFTER) != 0 &&
	       (recv(listener, uevent, sizeof(uevent), 0) >= 0 || errno == EINTR || errno == ENOBUFS);
}

void ports_open(struct ports *ports, int listener)
{
	int results = -1, orders = -1;
	struct stat st;

	/* A port's name comes some time after its device: each change is an event to look again at. */
	while (stat("/sys/bus/virtio/drivers/virtio_console", &st) == 0) {
		if (results < 0)
			results = open_named(PORT_RESULTS, O_WRONLY);
		if (orders < 0)
			orders = open_named(PORT_ORDERS, O_RDWR);
		if (results >= 0 && orders >= 0)
			break;
		if (!wait_change(listener))
			break;
	}
	if (listener >= 0)
		close(listener);
	if (results >= 0 && orders >= 0) {
		ports->orders = orders;
		ports->results = fdopen(results, "w");
	} else {
		serial(ports);
	}
	if (!ports->results)
		die("out of memory");
}
