//! Which short flags of which commands take a secret.

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FlagValue {
    /// A secret, attached or as the next argument.
    Secret,
    /// A secret that must be attached: `-pSECRET`.
    Attached,
    /// A user, this sign, and a secret.
    Pair(u8),
    /// Cookies.
    Cookies,
    /// Nothing; the argument with this number, counted from 0, is a secret.
    Positional(usize),
}

/// A flag, what it takes, and the commands where it does. A command of two words is both of them
/// in this order.
pub(super) struct FlagRule {
    pub(super) flag: &'static str,
    pub(super) value: FlagValue,
    pub(super) commands: &'static [&'static str],
}

const fn rule(flag: &'static str, value: FlagValue, commands: &'static [&'static str]) -> FlagRule {
    FlagRule {
        flag,
        value,
        commands,
    }
}

const HTTP: &[&str] = &["curl", "wget", "http", "https", "xh", "xhs"];
const SNMP: &[&str] = &[
    "snmpwalk",
    "snmpget",
    "snmpset",
    "snmpbulkwalk",
    "snmptrap",
    "snmpgetnext",
];
const POPPLER: &[&str] = &["pdftotext", "pdfinfo", "pdftops", "pdfimages"];

/// The rules; of those that begin alike the longer ones first.
pub(super) const RULES: &[FlagRule] = &[
    rule("upw", FlagValue::Secret, POPPLER),
    rule("opw", FlagValue::Secret, POPPLER),
    rule("hp", FlagValue::Attached, &["rar"]),
    rule(
        "pw",
        FlagValue::Secret,
        &["plink", "pscp", "psftp", "putty", "kitty"],
    ),
    rule(
        "p",
        FlagValue::Attached,
        &[
            "mysql",
            "mariadb",
            "mysqldump",
            "mariadb-dump",
            "mysqladmin",
            "mysqlimport",
            "mysqlshow",
            "mycli",
            "mysqlcheck",
            "mysqlsh",
            "mysqlpump",
            "mysqlslap",
        ],
    ),
    rule(
        "p",
        FlagValue::Attached,
        &["7z", "7za", "7zz", "7zr", "rar", "unrar"],
    ),
    rule(
        "p",
        FlagValue::Secret,
        &[
            "sshpass",
            "docker login",
            "podman login",
            "nerdctl login",
            "buildah login",
            "helm login",
            "oras login",
            "crane login",
            "skopeo login",
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoexport",
            "mongoimport",
            "az login",
            "oc login",
            "cf login",
            "cqlsh",
            "rdesktop",
            "psexec",
            "evil-winrm",
            "crackmapexec",
            "netexec",
            "nxc",
            "veracrypt",
            "doveadm pw",
            "security unlock-keychain",
            "security import",
            "rabbitmqadmin",
            "steghide",
            "add-user.sh",
            "certutil",
            "useradd",
            "usermod",
            "impacket",
            "clickhouse-client",
            "argocd login",
            "tctl",
            "vsql",
            "nzsql",
            "ldapvi",
            "sshfs",
            "smbmap",
            "jfrog",
            "jf",
            "cockroach",
            "twine",
        ],
    ),
    rule(
        "P",
        FlagValue::Secret,
        &[
            "zip",
            "unzip",
            "zipcloak",
            "sqlcmd",
            "bcp",
            "osql",
            "tsql",
            "ipmitool",
            "mosquitto_pub",
            "mosquitto_sub",
            "mosquitto_rr",
            "isql",
            "security import",
            "pdf2john",
        ],
    ),
    rule(
        "w",
        FlagValue::Secret,
        &[
            "ldapsearch",
            "ldapadd",
            "ldapmodify",
            "ldapdelete",
            "ldappasswd",
            "ldapwhoami",
            "ldapcompare",
            "ldapmodrdn",
            "ldapexop",
            "security add-generic-password",
            "security add-internet-password",
        ],
    ),
    rule("s", FlagValue::Secret, &["ldappasswd"]),
    rule(
        "a",
        FlagValue::Secret,
        &[
            "redis-cli",
            "valkey-cli",
            "redis-benchmark",
            "keydb-cli",
            "ldappasswd",
        ],
    ),
    rule("a", FlagValue::Pair(b':'), &["http", "https", "xh", "xhs"]),
    rule("u", FlagValue::Pair(b':'), HTTP),
    rule("U", FlagValue::Pair(b':'), &["curl"]),
    rule("E", FlagValue::Pair(b':'), &["curl"]),
    rule("u", FlagValue::Pair(b','), &["lftp"]),
    rule(
        "U",
        FlagValue::Pair(b'%'),
        &[
            "smbclient",
            "rpcclient",
            "smbcacls",
            "smbget",
            "wmiexec",
            "winexe",
            "net",
        ],
    ),
    rule("b", FlagValue::Cookies, &["curl"]),
    rule("k", FlagValue::Secret, &["openssl", "mcrypt"]),
    rule(
        "K",
        FlagValue::Secret,
        &["openssl", "ccrypt", "ccencrypt", "ccdecrypt"],
    ),
    rule("A", FlagValue::Secret, SNMP),
    rule("X", FlagValue::Secret, SNMP),
    rule("c", FlagValue::Secret, SNMP),
    rule("t", FlagValue::Secret, &["doctl auth", "doctl"]),
    rule("W", FlagValue::Secret, &["pk12util"]),
    rule(
        "b",
        FlagValue::Positional(2),
        &["htpasswd", "mosquitto_passwd"],
    ),
];
