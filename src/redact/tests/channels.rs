//! Passwords that are sent, typed, escaped or told again, and places that only look like those.

use super::{changed_texts, clean, hides, hides_all};

const PLACES: &[&str] = &[
    // Sent to servers.
    "USER joe\nPASS @",
    "331 go on\nPASS @\n",
    "PASS @\nNICK joe",
    "a1 LOGIN joe @",
    "a1 LOGIN \"joe\" \"@\"",
    "AUTH @",
    "redis-cli> AUTH default @",
    "/msg NickServ IDENTIFY @",
    // Typed.
    "expect -c 'send \"@\\r\"'",
    "tmux send-keys \"@\" Enter",
    "screen -X stuff \"@\\n\"",
    "xdotool type '@'",
    "adb shell input text @",
    // Given to commands.
    "vncpasswd -f <<< @",
    "restic -r r --password-command 'echo @' backup",
    "impala-shell -l --ldap_password_cmd='echo -n @'",
    "net use Z: \\\\nas\\s @ /user:joe",
    "ldapmodify -D cn=root -w@ -f x.ldif",
    "mkpasswd -m sha-512 @",
    "aws ssm put-parameter --name /db/pw --value @ --type SecureString",
    "aws secretsmanager put-secret-value --secret-string '{\"p\":\"@\"}'",
    "bundle config gems.example.com joe:@",
    "chpasswd <<EOF\nroot:@\nEOF",
    "chpasswd:\n  list: |\n    root:@",
    "echo @|runas /user:joe cmd",
    "dscl . -passwd /Users/joe @",
    "option key '@'",
    "echo 'joe:@' > ~/.passwd-s3fs",
    "echo \"https://dav.example.com joe @\" >> ~/.davfs2/secrets",
    "anything connect -u joe -p @ --now",
    "db2 connect to shop user joe using @",
    "Authorization: Basic $(echo -n 'admin:@' | base64)",
    "conf t; username joe secret @",
    "secret put X <<< @",
    // Escaped.
    "q=password%3D@%26user%3Djoe",
    "next=https%3A%2F%2Fjoe%3A@%40example.com%2Fx",
    "{\\u0022password\\u0022:\\u0022@\\u0022}",
    "&lt;password&gt;@&lt;/password&gt;",
    "Content-Disposition: form-data; name=\"password\"\n\n@",
    // Other notations.
    "fill_in 'Password', with: '@'",
    "config(\"DB_PASSWORD\", default=\"@\")",
    "Client(basic_auth=(\"elastic\", \"@\"))",
    "my $password = q(@);",
    "password = [[@]]",
    "password: <%= \"@\" %>",
    "v_password VARCHAR2(20) := '@';",
    "DECLARE @password NVARCHAR(50) = '@';",
    "secrets = {\n  db = \"@\"\n}",
    "~ password = \"old\" -> \"@\"",
    "password = \"x1\" + \"@\"",
    "[\"password\"]=>\n  string(10) \"@\"",
    "const SECRET: &str = r\"@\";",
    "remotepass = @",
    "joe : EAP \"@\"",
    "http://db.example.com:8086/query?u=root&p=@&q=show",
    "jwt.sign(payload, '@')",
    "mqtt.username_pw_set(\"joe\", \"@\")",
    "client.basic_auth(\"joe\", Some(\"@\"))",
    "await page.getByLabel('Password').fill('@')",
    // Told.
    "my old password, @, was leaked",
    "it's @, the password",
    "admin / @ works",
    "When I fill in \"Password\" with \"@\"",
    "when asked for the password enter @",
    "the password that you use there is @",
    "Username\njoe\nPassword\n@",
    "user joe\npassword @",
    "(password @)",
    "pw for the database: @",
    "credentials are joe and @",
    "usuario joe, contraseña @",
    "pass word: @",
];

#[test]
fn a_password_is_hidden_however_it_gets_there() {
    for joint in ["", "-", "#"] {
        let secret = ["Hu", "go77", joint, "xyz3"].concat();
        let places: Vec<String> = PLACES
            .iter()
            .map(|place| place.replace("DECLARE @", "DECLARE %"))
            .collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        hides_all(&places, &secret);
    }
}

#[test]
fn what_was_told_once_is_hidden_wherever_it_stands_again() {
    let secret = ["Hugo77", "-xyz3"].concat();
    hides(
        &format!("password: {secret}\n$ open {secret} --now"),
        &secret,
    );
    // Names of a program are left.
    let name = "secret = \"httpClientV2\"; httpClientV2.open()";
    assert!(
        clean(name).contains("httpClientV2.open()"),
        "{}",
        clean(name)
    );
}

#[test]
fn links_that_reset_or_confirm_are_hidden() {
    let code = ["StcQ327LUNhJm", "APYPzAXm3DLcRK2"].concat();
    hides_all(
        &[
            "https://example.com/reset-password/@",
            "https://example.com/users/password/reset/@?lang=de",
            "https://example.com/verify-email/@.",
            "https://example.com/join?invite_code=@",
            "device_code=@&grant_type=x",
        ],
        &code,
    );
}

#[test]
fn keys_in_groups_and_told_keys_are_hidden() {
    hides("TOTP seed: vzvm wiow zauy wrdk dccc ap6v", "zauy wrdk");
    hides("app password: abcd efgh ijkl mnop", "efgh ijkl");
    let key = ["qYgTiMdWRFJS", "cES7mroVniPU"].concat();
    hides(&format!("here is the key for the API: {key}"), &key);
    hides(&format!("the token is {}", &key[..14]), &key[..14]);
}

#[test]
fn what_is_like_those_stays() {
    let changed = changed_texts(&[
        "PASS src/auth/token2.test.ts (5.12s)",
        "PASS 12 of 14 checks",
        "AUTH failed for client 10.0.0.5",
        "LOGIN page redesign v3",
        "tmux send-keys -t build:0.1 C-m",
        "steamcmd +login anonymous +app_update 740 +quit",
        "if password == confirm_password:",
        "${POSTGRES_PASSWORD:?required}",
        "[\"user\", \"password\", \"email2\"]",
        "\"password\",\n\"patch\",\n\"perl5lib_verbosity\",",
        "INSERT INTO t (name, password) VALUES ($1, crypt($2, gen_salt('bf', 8)))",
        "<PasswordField label=\"Password\" minLength={8} />",
        "<label for=\"password\">Password2</label>",
        "creds: see 1Password",
        "mailto:joe99@mail.example.com",
        "my $pass = $self->{answer}{pass1};",
        "my $userpass = \"$user:$pass\";",
        "try to get the password from ~/.netrc",
        "user: 1000:1000",
        "docker run -u 1000 -p 8080:80 nginx",
        "root:x:0:0:root:/root:/bin/bash",
        "await page.fill('#password', PASSWORD1)",
        "echo v1a2b3 > version2.txt",
        "password with 12 characters",
        "the pass to modnames2paths: done",
        "https://example.com/docs/reset-password/troubleshooting-guide",
    ]);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}
