"""Looking into files of strangers: always in a child process that may die of it (SEC-04).

`door` asks, `pool` keeps the children, `child` is their program; `pdf`, `images`, `render`, `qr` and `virus` run in
there and nowhere else. Nothing a child says is trusted beyond its form.
"""
