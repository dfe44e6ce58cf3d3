//! Tokens of providers: each in every place where one may stand.

use super::{BASE64, DIGITS, HEX, LETTERS, LOWER, UPPER, URL64, clean, hides, random};

/// Kind, the parts of the prefix, alphabet and length of the body, what follows it.
type Form = (
    &'static str,
    &'static [&'static str],
    &'static str,
    usize,
    &'static str,
);

const FORMS: &[Form] = &[
    ("github-token", &["gh", "p_"], LETTERS, 36, ""),
    ("github-token", &["gh", "o_"], LETTERS, 36, ""),
    ("github-token", &["gh", "u_"], LETTERS, 36, ""),
    ("github-token", &["gh", "s_"], LETTERS, 36, ""),
    ("github-token", &["gh", "r_"], LETTERS, 76, ""),
    ("github-token", &["github", "_pat_"], LETTERS, 82, ""),
    ("gitlab-token", &["gl", "pat-"], URL64, 20, ""),
    ("gitlab-token", &["gl", "pat-"], URL64, 27, ".01.0w1a2b3c4d"),
    ("gitlab-token", &["gl", "dt-"], URL64, 20, ""),
    ("gitlab-token", &["gl", "rt-"], URL64, 20, ""),
    ("gitlab-token", &["gl", "ptt-"], HEX, 40, ""),
    ("gitlab-token", &["gl", "cbt-"], URL64, 20, ""),
    ("gitlab-token", &["gl", "soat-"], URL64, 20, ""),
    ("gitlab-token", &["GR13", "48941"], URL64, 20, ""),
    (
        "slack-token",
        &["xo", "xb-"],
        DIGITS,
        12,
        "-123456789012-AbCdEf123456AbCdEf123456",
    ),
    ("slack-token", &["xo", "xp-"], DIGITS, 40, ""),
    ("slack-token", &["xo", "xa-2-"], DIGITS, 40, ""),
    ("slack-token", &["xo", "xr-"], DIGITS, 40, ""),
    ("slack-token", &["xo", "xs-"], DIGITS, 40, ""),
    ("slack-token", &["xa", "pp-1-"], LETTERS, 60, ""),
    ("slack-token", &["xo", "xe.xo", "xp-1-"], URL64, 100, ""),
    ("anthropic-key", &["sk-", "ant-api03-"], URL64, 93, "AA"),
    ("anthropic-key", &["sk-", "ant-oat01-"], URL64, 80, ""),
    ("openai-key", &["sk", "-"], LETTERS, 48, ""),
    ("openai-key", &["sk-", "proj-"], URL64, 120, ""),
    ("openai-key", &["sk-", "svcacct-"], URL64, 120, ""),
    ("openai-key", &["sk-", "admin-"], URL64, 60, ""),
    ("openrouter-key", &["sk-", "or-v1-"], HEX, 64, ""),
    ("xai-key", &["xa", "i-"], LETTERS, 80, ""),
    ("groq-key", &["gs", "k_"], LETTERS, 52, ""),
    ("perplexity-key", &["pp", "lx-"], LETTERS, 48, ""),
    ("replicate-token", &["r8", "_"], LETTERS, 37, ""),
    ("huggingface-token", &["hf", "_"], LETTERS, 34, ""),
    ("nvidia-key", &["nv", "api-"], URL64, 64, ""),
    ("pinecone-key", &["pc", "sk_"], LETTERS, 68, ""),
    ("tavily-key", &["tv", "ly-"], LETTERS, 32, ""),
    ("langsmith-key", &["lsv2", "_pt_"], HEX, 32, "_1234abcd56"),
    ("google-key", &["AI", "za"], URL64, 35, ""),
    ("google-token", &["ya", "29."], URL64, 120, ""),
    ("google-token", &["1/", "/0"], URL64, 60, ""),
    ("google-secret", &["GO", "CSPX-"], URL64, 28, ""),
    ("aws-access-key", &["AK", "IA"], UPPER, 16, ""),
    ("aws-access-key", &["AS", "IA"], UPPER, 16, ""),
    ("aws-session-token", &["IQoJ", "b3JpZ2lu"], BASE64, 300, ""),
    (
        "aws-bedrock-key",
        &["ABSKQmVk", "cm9ja0FQSUtleS"],
        BASE64,
        90,
        "",
    ),
    ("digitalocean-token", &["do", "p_v1_"], HEX, 64, ""),
    ("digitalocean-token", &["do", "o_v1_"], HEX, 64, ""),
    ("alibaba-key", &["LT", "AI"], LETTERS, 20, ""),
    ("heroku-key", &["HR", "KU-AA"], URL64, 58, ""),
    ("vercel-token", &["vc", "p_"], LETTERS, 56, ""),
    ("netlify-token", &["nf", "p_"], LETTERS, 36, ""),
    ("fly-token", &["fo", "1_"], URL64, 43, ""),
    ("fly-token", &["fm", "2_"], BASE64, 120, ""),
    ("supabase-token", &["sb", "p_"], HEX, 40, ""),
    ("supabase-token", &["sb_", "secret_"], URL64, 31, ""),
    ("planetscale-token", &["pscale", "_tkn_"], URL64, 43, ""),
    ("planetscale-password", &["pscale", "_pw_"], URL64, 43, ""),
    ("databricks-token", &["da", "pi"], HEX, 32, ""),
    (
        "tailscale-key",
        &["ts", "key-auth-"],
        LETTERS,
        18,
        "-AbCdEfGh123456789",
    ),
    ("pulumi-token", &["pu", "l-"], HEX, 40, ""),
    ("doppler-token", &["dp.", "pt."], LETTERS, 43, ""),
    ("doppler-token", &["dp.", "st.dev."], LETTERS, 40, ""),
    ("vault-token", &["hv", "s."], URL64, 95, ""),
    ("vault-token", &["hv", "b."], URL64, 140, ""),
    ("vault-token", &["s", "."], LETTERS, 24, ""),
    (
        "terraform-token",
        &["Ab1Cd2Ef3Gh4Ij", ".atlas", "v1."],
        LETTERS,
        67,
        "",
    ),
    ("1password-token", &["ops_", "eyJ"], BASE64, 300, ""),
    ("age-key", &["AGE-", "SECRET-KEY-1"], UPPER, 58, ""),
    ("stripe-key", &["sk_", "live_"], LETTERS, 24, ""),
    ("stripe-key", &["sk_", "test_"], LETTERS, 99, ""),
    ("stripe-key", &["rk_", "live_"], LETTERS, 24, ""),
    ("webhook-secret", &["wh", "sec_"], LETTERS, 32, ""),
    ("square-token", &["sq0", "atp-"], URL64, 22, ""),
    ("square-secret", &["sq0", "csp-"], URL64, 43, ""),
    ("square-token", &["EA", "AA"], URL64, 60, ""),
    ("facebook-token", &["EA", "ACEdEose0c"], LETTERS, 150, ""),
    ("plaid-token", &["access-", "sandbox-"], HEX, 36, ""),
    ("shippo-token", &["shippo", "_live_"], HEX, 40, ""),
    ("twilio-key", &["S", "K"], HEX, 32, ""),
    ("twilio-key", &["A", "C"], HEX, 32, ""),
    (
        "sendgrid-key",
        &["S", "G."],
        URL64,
        22,
        ".aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hI5kL7nO9q",
    ),
    ("mailgun-key", &["ke", "y-"], HEX, 32, ""),
    ("mailchimp-key", &[], HEX, 32, "-us12"),
    ("mailgun-key", &[], HEX, 32, "-1a2b3c4d-5e6f7a8b"),
    ("brevo-key", &["xkey", "sib-"], HEX, 64, "-aB3dE5gH7jK9mN1p"),
    ("resend-key", &["r", "e_"], LETTERS, 32, ""),
    ("hubspot-token", &["pat-", "na1-"], HEX, 36, ""),
    ("npm-token", &["np", "m_"], LETTERS, 36, ""),
    (
        "pypi-token",
        &["py", "pi-AgE", "IcHlwaS5vcmc"],
        URL64,
        120,
        "",
    ),
    ("crates-io-token", &["ci", "o"], LETTERS, 32, ""),
    ("rubygems-key", &["ruby", "gems_"], HEX, 48, ""),
    ("nuget-key", &["oy", "2"], LOWER, 43, ""),
    ("docker-token", &["dckr", "_pat_"], URL64, 27, ""),
    ("artifactory-key", &["AK", "Cp"], LETTERS, 69, ""),
    ("shopify-token", &["shp", "at_"], HEX, 32, ""),
    ("shopify-secret", &["shp", "ss_"], HEX, 32, ""),
    ("linear-key", &["lin", "_api_"], LETTERS, 40, ""),
    ("notion-token", &["secret", "_"], LETTERS, 43, ""),
    ("notion-token", &["nt", "n_"], LETTERS, 46, ""),
    ("figma-token", &["fi", "gd_"], URL64, 40, ""),
    (
        "airtable-token",
        &["pa", "t"],
        LETTERS,
        14,
        ".0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
    ),
    ("contentful-token", &["CF", "PAT-"], URL64, 43, ""),
    ("dropbox-token", &["s", "l."], URL64, 140, ""),
    ("grafana-token", &["gl", "sa_"], LETTERS, 32, "_1a2b3c4d"),
    ("grafana-key", &["eyJr", "IjoiT"], LETTERS, 80, ""),
    ("newrelic-key", &["NR", "AK-"], UPPER, 27, ""),
    ("newrelic-key", &[], HEX, 36, "NRAL"),
    ("sentry-token", &["sn", "trys_"], BASE64, 120, ""),
    ("sentry-token", &["sn", "tryu_"], HEX, 64, ""),
    (
        "dynatrace-token",
        &["dt0", "c01."],
        UPPER,
        24,
        ".ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    ),
    (
        "postman-key",
        &["PM", "AK-"],
        HEX,
        24,
        "-0123456789abcdef0123456789abcdef01",
    ),
    ("posthog-key", &["ph", "x_"], LETTERS, 43, ""),
    ("buildkite-token", &["bk", "ua_"], HEX, 40, ""),
    ("circleci-token", &["CCI", "PAT_"], LETTERS, 60, ""),
    ("sonar-token", &["sq", "p_"], HEX, 40, ""),
    ("atlassian-token", &["ATA", "TT3"], URL64, 180, "=1A2B3C4D"),
    ("bitbucket-token", &["AT", "BB"], LETTERS, 32, ""),
    ("telegram-token", &["12345", "67890:A", "A"], URL64, 33, ""),
    (
        "discord-token",
        &["M", "TE"],
        LETTERS,
        21,
        ".GhIjK1.aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hI5k",
    ),
    ("openshift-token", &["sha", "256~"], URL64, 43, ""),
    ("azure-secret", &["aB1", "8", "Q~"], LETTERS, 34, ""),
    (
        "jwt",
        &["eyJhbGci", "OiJIUzI1NiJ9.eyJ"],
        LETTERS,
        60,
        ".aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hI5k",
    ),
    (
        "private-key",
        &["LS0tLS1CRUdJTiBSU0Eg", "UFJJVkFUR"],
        BASE64,
        400,
        "",
    ),
    ("bitbucket-token", &["BB", "DC-"], BASE64, 44, ""),
    ("castai-key", &["cast", "ai_v1_"], HEX, 64, "_1a2b3c4d"),
    ("chief-tools-token", &["ct", "p_"], LETTERS, 36, ""),
    ("helicone-key", &["sk-", "helicone-"], URL64, 36, ""),
    ("runpod-key", &["rp", "a_"], UPPER, 42, ""),
    ("n8n-key", &["n8n", "_api_"], LETTERS, 60, ""),
    ("netlify-token", &["nf", "o_"], LETTERS, 36, ""),
    ("deno-token", &["dd", "p_"], LETTERS, 36, ""),
    ("upcloud-token", &["uc", "at_"], UPPER, 26, ""),
    ("google-key", &["GO", "OG1E"], UPPER, 55, ""),
    ("aiven-password", &["AV", "NS_"], URL64, 19, ""),
    ("cockroach-key", &["CC", "DB1_"], LETTERS, 63, ""),
    ("mongodb-secret", &["mdb", "_sa_sk_"], URL64, 40, ""),
    ("elastic-key", &["es", "su_"], BASE64, 60, ""),
    ("netbird-token", &["nb", "p_"], LETTERS, 36, ""),
    ("razorpay-key", &["rzp", "_test_"], LETTERS, 14, ""),
    ("api-key", &["li", "ve_"], LETTERS, 32, ""),
    ("cal-key", &["cal", "_live_"], HEX, 32, ""),
    ("mailersend-key", &["ml", "sn."], HEX, 64, ""),
    ("onesignal-key", &["os_v2", "_app_"], LOWER, 100, ""),
    ("pubnub-key", &["sec", "-c-"], BASE64, 48, ""),
    ("jsr-token", &["js", "rp_"], LETTERS, 40, ""),
    ("gitbook-token", &["gb", "_api_"], LETTERS, 40, ""),
    ("canva-secret", &["cn", "vca"], URL64, 43, ""),
    ("linkedin-secret", &["WPL_", "AP1."], LETTERS, 24, ""),
    ("samsara-token", &["samsara", "_api_"], LETTERS, 30, ""),
    ("snyk-token", &["snyk", "_uat."], URL64, 60, ""),
    ("axiom-token", &["xa", "at-"], HEX, 36, ""),
    ("honeybadger-token", &["hb", "p_"], LETTERS, 36, ""),
    ("statsig-key", &["secret", "-"], LETTERS, 43, ""),
    ("jd-key", &["JD", "C_"], UPPER, 32, ""),
    ("high-entropy", &[], LETTERS, 40, ""),
    ("high-entropy", &[], LETTERS, 64, ""),
];

fn tokens() -> impl Iterator<Item = (&'static str, String)> {
    FORMS
        .iter()
        .zip(1..)
        .map(|((kind, prefix, alphabet, length, end), seed)| {
            let body = random(alphabet, *length, seed);
            (*kind, format!("{}{body}{end}", prefix.concat()))
        })
}

#[test]
fn every_form_is_known() {
    for (kind, token) in tokens() {
        assert_eq!(clean(&token), format!("[redacted:{kind}]"), "{token}");
    }
}

/// Places where a token may stand; `@` is the token.
const PLACES: [&str; 30] = [
    "please use @ for it",
    "please use @.",
    "(@)",
    "@, then go on",
    "'@'",
    "\"@\"",
    "`@`",
    "**@**",
    "<@>",
    "|@|",
    "日本語@日本語",
    "é@é",
    "“@”",
    "emoji 🔑@🔑 here",
    "{\"text\":\"@\"}",
    "{\"text\":\"a\\n@\\nb\"}",
    "{\\\"text\\\":\\\"@\\\"}",
    "export FOO=@",
    "export FOO='@' && run",
    "FOO=\"@\"\nBAR=1",
    "foo: @",
    "foo: '@' # comment",
    "--flag=@",
    "--flag @ --other",
    "echo @ | cat",
    "\u{1b}[31m@\u{1b}[0m",
    "line\n\t@\nline",
    "[\"@\",\"b\"]",
    "curl -H \"X-Foo: @\" https://example.com",
    "@…",
];

#[test]
fn a_token_is_hidden_wherever_it_stands() {
    for (kind, token) in tokens() {
        for place in PLACES {
            // Colours are digits: they would be part of a key of digits alone.
            let text = place.replace('@', &token);
            let cleaned = clean(&text);
            assert!(!cleaned.contains(&token), "{kind}: {text}");
            assert_eq!(clean(&cleaned), cleaned, "{text}");
        }
    }
}

#[test]
fn what_surrounds_a_token_stays() {
    for (kind, token) in tokens().filter(|(kind, _)| *kind != "high-entropy") {
        for place in ["please use @ for it", "say \"@\" twice", "a\n@\nb", "é @ é"] {
            let expected = place.replace('@', &format!("[redacted:{kind}]"));
            assert_eq!(clean(&place.replace('@', &token)), expected);
        }
    }
}

#[test]
fn a_token_that_was_cut_is_hidden_too() {
    let forms = [
        ["gh", "p_"],
        ["glp", "at-"],
        ["xox", "b-1"],
        ["sk-", "ant-api03-"],
        ["AI", "za"],
        ["github", "_pat_"],
        ["sk-", "proj-"],
        ["dckr", "_pat_"],
        ["shp", "at_"],
        ["hv", "s."],
        ["AK", "IA"],
        ["GOC", "SPX-"],
    ];
    for (parts, seed) in forms.iter().zip(1..) {
        let alphabet = if parts[1] == "IA" { UPPER } else { LETTERS };
        for length in [8, 12, 15] {
            let token = format!("{}{}", parts.concat(), random(alphabet, length, seed));
            for text in [
                token.clone(),
                format!("use {token}"),
                format!("use {token}…"),
                format!("{token}... and so on"),
            ] {
                hides(&text, &token);
            }
        }
    }
    hides(
        &["eyJhbGci", "OiJIUzI1NiIsInR5"].concat(),
        "OiJIUzI1NiIsInR5",
    );
}

#[test]
fn a_secret_beside_an_access_key_is_hidden() {
    let id = format!("AK{}{}", "IA", random(UPPER, 16, 1));
    for seed in 1..20 {
        let secret = random(BASE64, 40, seed);
        hides(&format!("{id},{secret}"), &secret);
        hides(&format!("id {id}\nsecret {secret}\n"), &secret);
    }
}

#[test]
fn webhooks_are_hidden() {
    let path = random(LETTERS, 24, 9);
    for front in [
        ["https://hooks.sla", "ck.com/services/T0AB12CD3/B0AB12CD3/"],
        ["https://dis", "cord.com/api/webhooks/123456789012345678/"],
        [
            "https://dis",
            "cordapp.com/api/webhooks/123456789012345678/",
        ],
        [
            "https:\\/\\/hooks.sla",
            "ck.com\\/services\\/T0AB12CD3\\/B0AB12CD3\\/",
        ],
    ] {
        hides(&format!("post to {}{path} now", front.concat()), &path);
    }
}

#[test]
fn what_only_shows_a_token_stays() {
    for text in [
        "tokens begin with `gh",
        "ghp",
        "sk-ant-your-key-here",
        "xoxb-your-token",
        "glpat-xxxxxxxxxxxxxxxxxxxx",
        "AKIA",
        "npm_config_registry",
        "hf_transformers_cache_directory",
        "sk-fading-circle",
        "s.someMethodNameOfTheLibrary",
        "pypi-publish",
        "key-value-store-of-2024",
        "re_exported_names_of_modules",
        "dapi_client_of_the_service",
        "secret_santa_list_for_the_office",
    ] {
        assert_eq!(clean(text), text);
    }
}
