" keepalived.conf and what it includes.
autocmd BufNewFile,BufRead keepalived.conf,keepalived*.conf,*/keepalived/*.conf,*/keepalived/*/*.conf setfiletype keepalived
