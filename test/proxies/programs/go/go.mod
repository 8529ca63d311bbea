module baton.dev/test/server

go 1.25.0
