//! Codes for one time, and logins in prose.

use super::{clean, hides_all};

#[test]
fn a_code_for_one_time_is_hidden_beside_its_word() {
    let places = [
        "TAN @",
        "TAN: @",
        "mTAN @",
        "smsTAN: @",
        "Ihre TAN lautet @.",
        "Ihre TAN ist: @",
        "die TAN ist @, bitte eingeben",
        "Ihr OTP lautet @",
        "OTP @",
        "OTP: @",
        "your OTP is @.",
        "TOTP @",
        "the one-time password is @",
        "one-time code: @",
        "one-time passcode `@`",
        "Einmalcode: @",
        "Einmalpasswort lautet @",
        "Ihr Einmal-Code ist @",
        "verification code: @",
        "verification code @ to sign in",
        "Your verification code is **@**",
        "Bestätigungscode: @",
        "Ihr Bestätigungscode lautet @",
        "Verifizierungscode @",
        "Sicherheitscode: @",
        "Anmeldecode: @",
        "Freischaltcode: @",
        "confirmation code: @",
        "login code: @",
        "security code: @",
        "access code: @",
        "authenticator code @",
        "2FA code: @",
        "2FA-Code @",
        "MFA code is @",
        "code de vérification : @",
        "votre code de vérification est @",
        "código de verificación: @",
        "codice di verifica: @",
        "@ is your verification code",
        "@ is your Google verification code.",
        "@ is your one-time password",
        "@ ist Ihr Bestätigungscode",
        "@ ist Ihre TAN",
        "Use @ as your verification code",
        "Enter the code @",
        "your code is @",
        "Ihr Code lautet @",
        "Dein Code ist @",
    ];
    for code in ["493021", "493 021", "493-021"] {
        hides_all(&places, code);
    }
    let named = [
        "otp=@",
        "\"otp\": \"@\"",
        "verification_code: '@'",
        "MFA_CODE=@",
    ];
    hides_all(&named, "493021");
    hides_all(
        &["your verification code is @", "@ is your OTP"],
        "G-493021",
    );
    for code in ["12345678", "4711"] {
        hides_all(&["verification code: @", "der OTP ist @"], code);
    }
}

#[test]
fn codes_for_an_emergency_are_hidden_one_by_one() {
    for text in [
        "backup codes: 8f3a-91bc 77de-0a1b",
        "recovery codes:\n- 8f3a-91bc\n- 77de-0a1b",
        "Wiederherstellungscodes: 8f3a-91bc, 77de-0a1b",
    ] {
        let cleaned = clean(text);
        assert!(
            !cleaned.contains("8f3a") && !cleaned.contains("0a1b"),
            "{cleaned}"
        );
    }
    hides_all(&["recovery code: @", "backup code @"], "12345678");
}

#[test]
fn a_login_is_hidden_where_it_is_told_with_its_user() {
    let places = [
        "log in with admin / @",
        "log in with admin/@",
        "Log in as admin / @!",
        "login with admin and @",
        "login as admin with @",
        "log in with user admin and password @",
        "log in with user \"admin\" and password \"@\"",
        "sign in as ann / @",
        "sign in with ann:@",
        "logged in with admin / @",
        "anmelden mit admin / @",
        "einloggen mit admin / @",
        "Login: admin / @",
        "Login: admin, @",
        "Logindaten: admin / @",
        "Zugangsdaten: admin / @",
        "credentials are admin / @",
        "the credentials are admin:@",
        "creds admin/@",
        "user/pass admin/@",
        "username/password: admin/@",
        "user admin pw @",
        "user: admin, pw: @",
        "username ann password @",
        "User ann, PW @",
        "pw @",
        "the pw @ works",
        "mit PW @",
        "pw is @",
        "Mein PW ist @",
        "PW: @",
        "Passwort ist @",
        "my password's @",
        "password should be @",
        "passwords are @ and others",
        "default password @",
        "neues Passwort @",
        "password (@)",
        "the password @ does not work",
        "use @ as the password",
        "use @ as password.",
        "@ is the password",
        "@ ist das Passwort",
        "nimm @ als Passwort",
    ];
    let (plain, signed) = (["hun", "ter22"].concat(), ["Zk7!", "mwQ2x"].concat());
    for secret in [plain, signed] {
        hides_all(&places, &secret);
    }
}
