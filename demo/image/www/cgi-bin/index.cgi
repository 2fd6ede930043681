#!/bin/sh
# GET /: the page of the config, with the names of those who made it.
api=$(wget -q -O - --header "Cookie: token=$(cat /run/secrets/token)" http://api:8080/cgi-bin/greet \
    2>/dev/null)
printf 'Content-Type: text/html\r\n\r\n'
sed "s|@VERSION@|$VERSION|; s|@COLOUR@|$COLOUR|; s|@TASK@|$TASK|; s|@NODE@|$NODE|; s|@API@|${api:-nobody answers}|" \
    /etc/page.html
