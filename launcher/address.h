/* A TCP address as a value that can be compared and sent over a socket as it is. */
#ifndef BATON_ADDRESS_H
#define BATON_ADDRESS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
    uint16_t family; /* AF_INET or AF_INET6 */
    uint16_t port;   /* host byte order */
    uint32_t scope;  /* interface of a link-local IPv6 address, else 0 */
    uint8_t ip[16];  /* IPv4 uses the first four bytes, the rest is 0 */
};

enum { ADDRESS_TEXT = 72 }; /* "[" 45 + "%" 10 + "]:" 5, and the end */

/* False for anything that is not a whole IPv4 or IPv6 socket address. */
bool address_from_sockaddr(struct address *address, const void *sockaddr, size_t length);
socklen_t address_to_sockaddr(const struct address *address, struct sockaddr_storage *sockaddr);
bool address_equal(const struct address *one, const struct address *other);
/* Reads what address_format writes: "0.0.0.0:80", "[::]:80", "[fe80::1%2]:80". */
bool address_parse(struct address *address, const char *text);
const char *address_format(const struct address *address, char text[ADDRESS_TEXT]);

#endif
