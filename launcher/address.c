#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

bool address_from_sockaddr(struct address *address, const void *sockaddr, size_t length)
{
    sa_family_t family;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    memset(address, 0, sizeof *address);
    if (length < sizeof family)
        return false;
    memcpy(&family, sockaddr, sizeof family);
    address->family = family;
    if (family == AF_INET && length >= sizeof v4) {
        memcpy(&v4, sockaddr, sizeof v4);
        address->port = ntohs(v4.sin_port);
        memcpy(address->ip, &v4.sin_addr, sizeof v4.sin_addr);
        return true;
    }
    if (family == AF_INET6 && length >= sizeof v6) {
        memcpy(&v6, sockaddr, sizeof v6);
        address->port = ntohs(v6.sin6_port);
        memcpy(address->ip, &v6.sin6_addr, sizeof v6.sin6_addr);
        /* Elsewhere the kernel ignores the scope, and programs leave rubbish in it. */
        if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr))
            address->scope = v6.sin6_scope_id;
        return true;
    }
    return false;
}

socklen_t address_to_sockaddr(const struct address *address, struct sockaddr_storage *sockaddr)
{
    memset(sockaddr, 0, sizeof *sockaddr);
    if (address->family == AF_INET) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)sockaddr;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(address->port);
        memcpy(&v4->sin_addr, address->ip, sizeof v4->sin_addr);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)sockaddr;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address->port);
    v6->sin6_scope_id = address->scope;
    memcpy(&v6->sin6_addr, address->ip, sizeof v6->sin6_addr);
    return sizeof *v6;
}

bool address_equal(const struct address *one, const struct address *other)
{
    return one->family == other->family && one->port == other->port &&
           one->scope == other->scope && !memcmp(one->ip, other->ip, sizeof one->ip);
}

static bool parse_v6(struct address *address, char *host)
{
    char *end = strchr(host, ']');
    char *scope = strchr(host, '%');
    long number = 0;

    if (!end || end[1] != '\0')
        return false;
    *end = '\0';
    if (scope) {
        *scope = '\0';
        if (!number_parse(scope + 1, 1, UINT32_MAX, &number))
            return false;
        address->scope = (uint32_t)number;
    }
    address->family = AF_INET6;
    return inet_pton(AF_INET6, host + 1, address->ip) == 1;
}

bool address_parse(struct address *address, const char *text)
{
    char host[ADDRESS_TEXT];
    const char *colon = strrchr(text, ':');
    long port;

    memset(address, 0, sizeof *address);
    if (!colon || (size_t)(colon - text) >= sizeof host)
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    if (!number_parse(colon + 1, 1, UINT16_MAX, &port))
        return false;
    address->port = (uint16_t)port;
    if (host[0] == '[')
        return parse_v6(address, host);
    address->family = AF_INET;
    return inet_pton(AF_INET, host, address->ip) == 1;
}

const char *address_format(const struct address *address, char text[ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "?";

    inet_ntop(address->family, address->ip, host, sizeof host);
    if (address->family == AF_INET)
        snprintf(text, ADDRESS_TEXT, "%s:%u", host, address->port);
    else if (address->scope)
        snprintf(text, ADDRESS_TEXT, "[%s%%%u]:%u", host, address->scope, address->port);
    else
        snprintf(text, ADDRESS_TEXT, "[%s]:%u", host, address->port);
    return text;
}
