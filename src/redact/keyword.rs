//! Words that say how a secret is told: words for "password" or "PIN", and commands that take one.

use super::bytes::{WORD, byte_at, starts_in_any_case};
use super::finding::Findings;
use super::{column, command, connection, login, one_time, prose, short_number};

/// What looks behind a keyword. It gets the place behind it.
type Look = fn(&[u8], usize, &mut Findings);

/// Keywords in small letters of at least three bytes, and what looks behind each.
const KEYWORDS: &[(&str, Look)] = &[
    ("password", prose::find_told_password),
    ("passwords", prose::find_told_password),
    ("passwort", prose::find_told_password),
    ("kennwort", prose::find_told_password),
    ("passphrase", prose::find_told_password),
    ("passcode", prose::find_told_password),
    ("passwd", prose::find_told_password),
    ("mot de passe", prose::find_told_password),
    ("contraseña", prose::find_told_password),
    ("contrasena", prose::find_told_password),
    ("clave", prose::find_told_password),
    ("parola", prose::find_told_password),
    ("senha", prose::find_told_password),
    ("palavra-passe", prose::find_told_password),
    ("wachtwoord", prose::find_told_password),
    ("lösenord", prose::find_told_password),
    ("lösenordet", prose::find_told_password),
    ("hasło", prose::find_told_password),
    ("heslo", prose::find_told_password),
    ("salasana", prose::find_told_password),
    ("jelszó", prose::find_told_password),
    ("şifre", prose::find_told_password),
    ("adgangskode", prose::find_told_password),
    ("adgangskoden", prose::find_told_password),
    ("passord", prose::find_told_password),
    ("passordet", prose::find_told_password),
    ("пароль", prose::find_told_password),
    ("Пароль", prose::find_told_password),
    ("identified", prose::find_identified),
    ("pwd", prose::find_short_password),
    ("mdp", prose::find_short_password),
    ("psw", prose::find_short_password),
    ("pw is", prose::find_said_password),
    ("pw ist", prose::find_said_password),
    ("pw war", prose::find_said_password),
    ("pw lautet", prose::find_said_password),
    ("pwd is", prose::find_said_password),
    ("pwd ist", prose::find_said_password),
    ("pass is", prose::find_said_password),
    ("mdp est", prose::find_said_password),
    ("secret is", prose::find_said_password),
    ("parool", prose::find_told_password),
    ("كلمة المرور", prose::find_told_password),
    ("סיסמה", prose::find_told_password),
    ("הסיסמה", prose::find_told_password),
    ("κωδικός", prose::find_told_password),
    ("mật khẩu", prose::find_told_password),
    ("initialpasswort", prose::find_told_password),
    ("startpasswort", prose::find_told_password),
    ("wlan-schlüssel", prose::find_told_password),
    ("zugangscode", prose::find_told_password),
    ("pass word", prose::find_told_password),
    ("paswd", prose::find_told_password),
    ("passwrod", prose::find_told_password),
    ("secret word", prose::find_told_password),
    ("clé secrète", prose::find_told_password),
    ("clé d'api", prose::find_told_password),
    ("jeton d'accès", prose::find_told_password),
    ("token de acceso", prose::find_told_password),
    ("la contra", prose::find_told_password),
    ("pass", prose::find_bare_password),
    ("password", column::find_column),
    ("passwort", column::find_column),
    ("passwd", column::find_column),
    ("pwd", column::find_column),
    ("door code", one_time::find_plain_code),
    ("door code is", one_time::find_plain_code),
    ("gate code is", one_time::find_plain_code),
    ("alarm code is", one_time::find_plain_code),
    ("logged in as", login::find_told_login),
    ("melde dich", login::find_told_login),
    ("defaults to", login::find_told_login),
    ("authenticate", login::find_told_login),
    ("cf set-env", command::find_third_argument),
    ("smbpasswd -a", command::find_second_argument),
    ("wandb login", command::find_first_argument),
    ("bw login", command::find_second_argument),
    ("chamber write", command::find_third_argument),
    ("alias set", command::find_fourth_argument),
    ("user-secrets set", command::find_second_argument),
    ("user:password", command::find_second_argument),
    ("teamviewer passwd", command::find_first_argument),
    ("mca-cli password", command::find_first_argument),
    ("steamcmd", command::find_behind_words),
    ("composer", command::find_behind_words),
    ("rclone", command::find_behind_words),
    ("fastcgi_param", command::find_assigned),
    ("login", command::find_call),
    ("signin", command::find_call),
    ("sign_in", command::find_call),
    ("authenticate", command::find_call),
    ("simple_bind", command::find_call),
    ("simple_bind_s", command::find_call),
    ("mysqli", command::find_call),
    ("new pdo", command::find_call),
    ("connect", command::find_call),
    ("sequelize", command::find_call),
    ("set_password", command::find_call),
    ("begin", command::find_call),
    ("usernamepassword", command::find_call),
    ("register_session", command::find_call),
    ("create_superuser", command::find_call),
    ("create_user", command::find_call),
    ("unsafeplaintext", command::find_only_argument),
    ("make_password", command::find_only_argument),
    ("bcrypt.hash", command::find_only_argument),
    ("send_keys", command::find_typed),
    ("sendkeys", command::find_typed),
    ("typetext", command::find_typed),
    ("type", command::find_typed),
    ("tobe", command::find_typed),
    ("toequal", command::find_typed),
    ("btoa", command::find_encoded_pair),
    ("pin", short_number::find_pin),
    ("puk", short_number::find_pin),
    ("cvv", short_number::find_card_code),
    ("cvv2", short_number::find_card_code),
    ("cvc", short_number::find_card_code),
    ("cvc2", short_number::find_card_code),
    ("card verification code", short_number::find_card_code),
    ("security code", short_number::find_said_card_code),
    ("prüfziffer", short_number::find_said_card_code),
    ("kartenprüfnummer", short_number::find_said_card_code),
    ("ssn", short_number::find_social_security),
    ("social security number", short_number::find_social_security),
    ("otp", one_time::find_code),
    ("totp", one_time::find_code),
    ("one-time code", one_time::find_code),
    ("one-time password", one_time::find_code),
    ("one-time passcode", one_time::find_code),
    ("verification code", one_time::find_code),
    ("confirmation code", one_time::find_code),
    ("authentication code", one_time::find_code),
    ("authenticator code", one_time::find_code),
    ("security code", one_time::find_code),
    ("2fa code", one_time::find_code),
    ("2fa-code", one_time::find_code),
    ("mfa code", one_time::find_code),
    ("mfa-code", one_time::find_code),
    ("login code", one_time::find_code),
    ("log-in code", one_time::find_code),
    ("sign-in code", one_time::find_code),
    ("sms code", one_time::find_code),
    ("sms-code", one_time::find_code),
    ("mtan", one_time::find_code),
    ("smstan", one_time::find_code),
    ("sms-tan", one_time::find_code),
    ("pushtan", one_time::find_code),
    ("chiptan", one_time::find_code),
    ("phototan", one_time::find_code),
    ("einmalcode", one_time::find_code),
    ("einmal-code", one_time::find_code),
    ("einmalpasswort", one_time::find_code),
    ("einmalkennwort", one_time::find_code),
    ("bestätigungscode", one_time::find_code),
    ("verifizierungscode", one_time::find_code),
    ("sicherheitscode", one_time::find_code),
    ("anmeldecode", one_time::find_code),
    ("freischaltcode", one_time::find_code),
    ("aktivierungscode", one_time::find_code),
    ("code de vérification", one_time::find_code),
    ("código de verificación", one_time::find_code),
    ("codice di verifica", one_time::find_code),
    ("verificatiecode", one_time::find_code),
    ("código de verificação", one_time::find_code),
    ("otp:", one_time::find_code),
    ("tan", one_time::find_transaction_number),
    ("tan:", one_time::find_transaction_number),
    ("your code is", one_time::find_plain_code),
    ("my code is", one_time::find_plain_code),
    ("ihr code ist", one_time::find_plain_code),
    ("ihr code lautet", one_time::find_plain_code),
    ("dein code ist", one_time::find_plain_code),
    ("dein code lautet", one_time::find_plain_code),
    ("der code lautet", one_time::find_plain_code),
    ("enter the code", one_time::find_plain_code),
    ("enter code", one_time::find_plain_code),
    ("access code", one_time::find_code),
    ("backup code", one_time::find_recovery_codes),
    ("backup codes", one_time::find_recovery_codes),
    ("recovery code", one_time::find_recovery_codes),
    ("recovery codes", one_time::find_recovery_codes),
    ("wiederherstellungscode", one_time::find_recovery_codes),
    ("wiederherstellungscodes", one_time::find_recovery_codes),
    ("user/pass", login::find_told_login),
    ("user/password", login::find_told_login),
    ("username/password", login::find_told_login),
    ("benutzer/passwort", login::find_told_login),
    ("geheimzahl", short_number::find_pin),
    ("geheimnummer", short_number::find_pin),
    ("log in", login::find_told_login),
    ("login", login::find_told_login),
    ("logged in", login::find_told_login),
    ("logging in", login::find_told_login),
    ("sign in", login::find_told_login),
    ("signed in", login::find_told_login),
    ("sign-in", login::find_told_login),
    ("anmelden", login::find_told_login),
    ("anmeldung", login::find_told_login),
    ("angemeldet", login::find_told_login),
    ("einloggen", login::find_told_login),
    ("eingeloggt", login::find_told_login),
    ("credentials", login::find_told_login),
    ("creds", login::find_told_login),
    ("zugangsdaten", login::find_told_login),
    ("logindaten", login::find_told_login),
    ("anmeldedaten", login::find_told_login),
    ("jdbc:oracle", connection::find_oracle_url),
    ("sqlplus", command::find_slash_login),
    ("sqlcl", command::find_slash_login),
    ("rman", command::find_slash_login),
    ("expdp", command::find_slash_login),
    ("impdp", command::find_slash_login),
    ("sqlldr", command::find_slash_login),
    ("conn", command::find_connection),
    ("connect", command::find_connection),
    ("net use", command::find_share_password),
    ("net user", command::find_second_argument),
    ("net.exe use", command::find_share_password),
    ("smbclient", command::find_share_password),
    ("cargo login", command::find_first_argument),
    ("consul kv put", command::find_second_argument),
    ("rabbitmqctl", command::find_behind_words),
    ("wpa_passphrase", command::find_second_argument),
    ("isql", command::find_third_argument),
    ("ansible-vault encrypt_string", command::find_encrypted),
    ("mkpasswd", command::find_first_argument),
    ("rclone obscure", command::find_first_argument),
    ("openssl passwd", command::find_first_argument),
    ("convertto-securestring", command::find_first_argument),
    ("vault login", command::find_first_argument),
    ("vault operator unseal", command::find_first_argument),
    ("vault kv", command::find_values),
    ("secrets set", command::find_values),
    ("secrets:set", command::find_values),
    ("from-literal", command::find_literal),
    ("mysqladmin", command::find_behind_words),
    ("nmcli", command::find_behind_words),
    ("ipmitool", command::find_behind_words),
    ("qpdf", command::find_behind_words),
    ("pdftk", command::find_behind_words),
    ("signtool", command::find_behind_words),
    ("schtasks", command::find_behind_words),
    ("iwconfig", command::find_behind_words),
    ("poetry", command::find_behind_words),
    ("echo", command::find_piped),
    ("printf", command::find_piped),
    ("password-stdin", command::find_here_string),
    ("chpasswd", command::find_here_string),
    ("sudo", command::find_here_string),
    ("kinit", command::find_here_string),
    ("with-token", command::find_here_string),
    ("vercel env", command::find_here_string),
    ("stdin-name", command::find_here_string),
    ("networkcredential", command::find_called_pair),
    ("httpbasicauth", command::find_called_pair),
    ("httpdigestauth", command::find_called_pair),
    ("withcredentials", command::find_called_pair),
    ("usernamepasswordcredentials", command::find_called_pair),
    (
        "usernamepasswordauthenticationtoken",
        command::find_called_pair,
    ),
    ("passwordauthentication", command::find_called_pair),
    ("getconnection", command::find_called_pair),
    ("basicauth", command::find_called_pair),
    ("basic_auth", command::find_called_pair),
    ("setbasicauth", command::find_called_pair),
    ("env", command::find_assigned),
    ("arg", command::find_assigned),
    ("setenv", command::find_assigned),
    ("define", command::find_assigned),
    ("set", command::find_assigned),
    ("setq", command::find_assigned),
    ("setx", command::find_assigned),
    ("defvar", command::find_assigned),
    ("defparameter", command::find_assigned),
    ("def", command::find_assigned),
    ("config", command::find_assigned),
    ("requirepass", command::find_directive),
    ("masterauth", command::find_directive),
    ("bindpw", command::find_directive),
    ("rootpw", command::find_directive),
    ("auth_pass", command::find_directive),
    ("insecure-password", command::find_directive),
    ("key-string", command::find_directive),
    ("snmp-server community", command::find_directive),
    ("stats auth", command::find_pair),
    ("enable secret", command::find_directive),
    ("enable password", command::find_directive),
];

/// The length of what a keyword is looked up by. A blank follows those that are shorter.
const LEAD: usize = 4;
/// Many more than keywords, so that most words are none at once.
const BUCKETS: usize = 4096;
const NONE: u16 = u16::MAX;

/// Keywords by their first bytes; made by the compiler.
struct KeywordIndex {
    heads: [u16; BUCKETS],
    next: [u16; KEYWORDS.len()],
    leads: [u32; KEYWORDS.len()],
}

static INDEX: KeywordIndex = KeywordIndex::build();

impl KeywordIndex {
    const fn build() -> KeywordIndex {
        assert!(KEYWORDS.len() < NONE as usize);
        let mut index = KeywordIndex {
            heads: [NONE; BUCKETS],
            next: [NONE; KEYWORDS.len()],
            leads: [0; KEYWORDS.len()],
        };
        let mut at = KEYWORDS.len();
        while at > 0 {
            at -= 1;
            let word = KEYWORDS[at].0.as_bytes();
            let fourth = if word.len() < LEAD { b' ' } else { word[3] };
            let lead = without_case([word[0], word[1], word[2], fourth]);
            let bucket = bucket_of(lead);
            index.leads[at] = lead;
            index.next[at] = index.heads[bucket];
            index.heads[bucket] = at as u16;
        }
        index
    }
}

/// Capitals and small letters of ASCII are alike, and so are a few signs.
const fn without_case(lead: [u8; LEAD]) -> u32 {
    u32::from_le_bytes(lead) | 0x2020_2020
}

const fn bucket_of(lead: u32) -> usize {
    (lead.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

/// The one keyword of two bytes, with the blank behind it.
const SHORTEST: u32 = u32::from_le_bytes(*b"pw \0");

/// Looks behind the keywords that begin at `start`, if any do.
#[inline]
pub(super) fn find_behind_keyword(bytes: &[u8], start: usize, findings: &mut Findings) {
    let rest = bytes.get(start..).unwrap_or_default();
    let Some(lead) = rest.first_chunk::<LEAD>() else {
        find_at_end(bytes, start, findings);
        return;
    };
    let lead = without_case(*lead);
    if lead & 0x00FF_FFFF == SHORTEST {
        prose::find_short_password(bytes, start + 2, findings);
    }
    let head = INDEX.heads[bucket_of(lead)];
    if head != NONE {
        look_behind(bytes, start, (lead, head), findings);
    }
}

/// Looks behind a keyword of three bytes with which the text ends.
#[cold]
fn find_at_end(bytes: &[u8], start: usize, findings: &mut Findings) {
    if let [first, second, third] = bytes[start.min(bytes.len())..] {
        let lead = without_case([first, second, third, b' ']);
        let head = INDEX.heads[bucket_of(lead)];
        look_behind(bytes, start, (lead, head), findings);
    }
}

/// Looks behind the keywords that begin so, from the first one in their bucket on.
#[inline(never)]
fn look_behind(bytes: &[u8], start: usize, (lead, head): (u32, u16), findings: &mut Findings) {
    let mut next = head;
    while let Some((word, look)) = KEYWORDS.get(next as usize) {
        let end = start + word.len();
        if INDEX.leads[next as usize] == lead
            && starts_in_any_case(bytes, start, word)
            && !WORD.has(byte_at(bytes, end))
        {
            look(bytes, end, findings);
        }
        next = INDEX.next[next as usize];
    }
}
