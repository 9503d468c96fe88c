"""The sample company: accounts, devices, VPN, mail, phones, processes, disks, certificates, pools; HTTP on loopback."""
