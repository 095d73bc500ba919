use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(arguments: &[&str], expected: &str) {
    assert_eq!(sanitise(arguments.iter().copied()), expected, "{arguments:?}");
}

#[test]
fn harmless_lines_stay_as_they_are() {
    for line in [
        "sleep 100",
        "/usr/lib/systemd/systemd --switched-root --system --deserialize 31",
        "nginx: worker process",
        "postgres: app main 10.0.0.7(51234) idle in transaction",
        "sshd: root@pts/0",
        "docker run -p 80:80 nginx:1.25",
        "containerd-shim-runc-v2 -namespace moby -id 0123456789abcdef0123456789abcdef",
        "python3 train.py --seed 42 --max-tokens 4096 --learning-rate=0.1",
        "vllm serve --tokenizer /models/x --max-num-batched-tokens=8192",
        "git clone ssh://git@host/x.git",
        "curl -s https://host/path?page=2",
        "mysqld --port=3306 --datadir=/var/lib/mysql",
        "mysql -p",
        "app --password-file /run/secrets/db --no-password",
    ] {
        let arguments: Vec<_> = line.split(' ').collect();
        check(&arguments, line);
    }
}

#[test]
fn options_and_variables_by_name() {
    check(&["app", "--password=hunter2"], "app --password=***");
    check(&["app", "--password", "hunter2", "-v"], "app --password *** -v");
    check(&["app", "--password", "-hunter2"], "app --password ***");
    check(&["app", "--db-password=my secret phrase"], "app --db-password=***");
    check(&["app", "--api_key", "two words"], "app --api_key ***");
    check(&["app", "--token", "--password", "hunter2"], "app --token --password ***");
    check(&["app", "--token", "=", "hunter2"], "app --token = ***");
    check(&["env", "PGPASSWORD=hunter2", "psql"], "env PGPASSWORD=*** psql");
    check(&["java", "-Ddb.password=hunter2", "-jar", "a.jar"], "java -Ddb.password=*** -jar a.jar");
    check(&["mongod", "--auth", "--port", "27017"], "mongod --auth --port 27017");
    check(&["app", "--auth", "hunter2"], "app --auth ***");
    check(&["redis-server", "--requirepass", "hunter2"], "redis-server --requirepass ***");
    check(&["nmcli", "connect", "home", "password", "hunter2"], "nmcli connect home password ***");
    check(&["sign", "key", "0123456789abcdef0123"], "sign key ***");
    check(&["sign", "key", "main"], "sign key main");
    check(
        &["aws", "set", "aws_secret_access_key", "hun/ter2"],
        "aws set aws_secret_access_key ***",
    );
    check(&["kubectl", "--from-literal=password=hunter2"], "kubectl --from-literal=password=***");
    check(&["mount", "-o", "user=a,password=b,c", "//x"], "mount -o user=a,password=*** //x");
}

#[test]
fn short_options_of_known_programs() {
    check(&["mysql", "-uroot", "-phunter2", "main"], "mysql -uroot -p*** main");
    check(&["/usr/bin/mysqldump", "-phunter2"], "/usr/bin/mysqldump -p***");
    check(&["sudo", "mysql", "-phunter2"], "sudo mysql -p***");
    check(&["sshpass", "-p", "hunter2", "ssh", "host"], "sshpass -p *** ssh host");
    check(&["redis-cli", "-a", "hunter2", "ping"], "redis-cli -a *** ping");
    check(&["curl", "-sSu", "bob:hunter2", "http://x"], "curl -sSu bob:*** http://x");
    check(&["curl", "-ubob:hunter2"], "curl -ubob:***");
    check(&["curl", "--user=bob:hunter2"], "curl --user=bob:***");
    check(&["curl", "-u", "bob"], "curl -u bob");
    check(&["docker", "login", "-u", "bob", "-p", "hunter2"], "docker login -u bob -p ***");
    check(&["smbclient", "//h/s", "-U", "bob%hunter2"], "smbclient //h/s -U bob%***");
    check(&["xfreerdp", "/u:bob", "/p:hunter2"], "xfreerdp /u:bob /p:***");
    check(&["htpasswd", "-nb", "bob", "hunter2"], "htpasswd -nb bob ***");
    check(&["sqlplus", "scott/tiger@db"], "sqlplus scott/***");
    check(&["openssl", "enc", "-pass", "pass:hunter2"], "openssl enc -pass ***");
    check(&["7z", "a", "-phunter2", "x.7z"], "7z a -p*** x.7z");
}

#[test]
fn headers_addresses_and_tokens() {
    check(&["curl", "-H", "Authorization: Bearer hunter2"], "curl -H Authorization:***");
    check(&["curl", "-H", "X-Api-Key: hunter2"], "curl -H X-Api-Key:***");
    check(&["x", "Authorization:", "Basic", "aHVudGVyMg=="], "x Authorization: Basic ***");
    check(&["x", "Bearer", "-hunter2"], "x Bearer ***");
    check(&["app", "postgres://app:hunter2@db/main"], "app postgres://app:***@db/main");
    check(&["app", "--url=https://a:b@h/?x=1&token=c"], "app --url=https://a:***@h/?x=1&token=***");
    check(&["app", "ghp_0123456789abcdefghij"], "app ***");
    check(&["mc", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG"], "mc *** ***");
    check(&["wget", "--header=Cookie: a=b; c=hunter2"], "wget --header=Cookie:***");
    check(&["app", "-----BEGIN KEY-----\nMII\nhunter2"], "app ***");
    check(&["app", "Server=x;Password=my hunter2;Db=y"], "app Server=x;Password=***");
}

/// Each of these was found by the property below, in some hundred thousand lines.
#[test]
fn words_that_hide_what_comes_next() {
    check(&["pw", "mysql", "-phunter2"], "pw *** -p***");
    check(&["pw", "Bearer", "hunter2"], "pw *** ***");
    check(&["pt-x", "app", "-password", "hunter2"], "pt-x app -p*** ***");
}

#[test]
fn texts_within_texts() {
    check(&["sh", "-c", "PGPASSWORD=x psql -h db"], "sh -c PGPASSWORD=*** psql -h db");
    check(
        &["bash", "-lc", "curl -H 'Authorization: Bearer x' -u a:b http://h && echo ok"],
        "bash -lc curl -H \"Authorization:***\" -u a:*** http://h && echo ok",
    );
    check(
        &["sh", "-c", "mysql --password='my secret' main"],
        "sh -c mysql \"--password=***\" main",
    );
    check(
        &["curl", "-d", r#"{"user":"bob","password":"x"}"#],
        r#"curl -d {"user":"bob","password":***"#,
    );
    check(
        &["curl", "-d", r#"{"user": "bob", "password": "x y", "n": 1}"#],
        "curl -d {user: bob, password: \"***\" n: 1}",
    );
    check(&["curl", "-d", "grant=x&client_secret=y&z=1"], "curl -d grant=x&client_secret=***");
    check(&["app", "user: bob\npassword: correct horse\n"], "app user: bob password:***");
}

#[test]
fn lines_are_bounded_and_clean() {
    let long = "é".repeat(1_000);
    let line = sanitise(["x", long.as_str()]);
    assert!(line.len() <= LINE_BYTES && line.ends_with('…'), "{}", line.len());
    check(&["a\x1b[2J", "b\u{202e}c"], "a\u{fffd}[2J b\u{fffd}c");
    let deep = "'\"".repeat(30) + "a b";
    sanitise([deep.as_str()]);
}

/// A secret as people choose and machines make them; the beginning makes it easy to find.
fn secret() -> impl Strategy<Value = String> {
    "Zq9[A-Za-z0-9!#$^*_.~+/-]{5,40}"
}

/// Every way to write a secret that is promised to be recognised; `@` marks its place.
const PLACES: &[&[&str]] = &[
    &["app", "--password=@"],
    &["app", "--password", "@"],
    &["app", "-password", "@"],
    &["app", "--password", "=", "@"],
    &["app", "PASSWORD=@"],
    &["env", "A=1", "DB_PASSWORD=@", "app"],
    &["app", "--client-secret", "@", "--token", "@"],
    &["mysql", "-p@"],
    &["/opt/bin/mysqladmin", "-uroot", "-p@", "status"],
    &["mariadb-dump", "--password=@"],
    &["sshpass", "-p", "@", "ssh", "host"],
    &["sshpass", "-p@", "ssh", "host"],
    &["redis-cli", "-a", "@"],
    &["curl", "-u", "bob:@", "http://host"],
    &["curl", "-ubob:@"],
    &["curl", "-H", "Authorization: Bearer @"],
    &["curl", "-H", "authorization: basic @"],
    &["curl", "-H", "X-Auth-Token: @"],
    &["curl", "https://bob:@@host/path"],
    &["curl", "https://host/path?a=1&access_token=@&b=2"],
    &["app", "amqp://bob:@@mq:5672"],
    &["app", "bob:@@tcp(db:3306)/main"],
    &["app", "--dsn=bob:@@tcp(db:3306)/main"],
    &["app", "Server=db;User Id=bob;Password=@;Timeout=3"],
    &["app", "host=db password=@ user=bob"],
    &["sh", "-c", "PGPASSWORD=@ psql -h db"],
    &["sh", "-c", "mysql -uroot -p@ main"],
    &["sh", "-c", "exec sshpass -p '@' ssh host"],
    &["sh", "-c", "curl -H \"Authorization: Bearer @\" http://host"],
    &["sh", "-c", "sh -c \"app --token '@'\""],
    &["curl", "-d", "{\"password\":\"@\"}"],
    &["curl", "-d", "{\"user\": \"bob\", \"password\": \"@\"}"],
    &["curl", "-d", "user=bob&password=@"],
    &["sh", "-c", "curl -d \"{\\\"password\\\": \\\"@\\\"}\" http://host"],
    &["Bearer", "@"],
    &["nmcli", "password", "@"],
    &["docker", "login", "-p", "@"],
    &["7z", "a", "-p@"],
    &["app --password @ -v"],
    &["mysql -p@ main"],
    &["worker: amqp://bob:@@mq:5672 idle"],
    &["wget", "--header=Cookie: a=@; b=@"],
    &["mosquitto_pub", "-u", "bob", "-P", "@"],
    &["sqlcmd", "-P", "@"],
    &["smbclient", "-U", "bob%@"],
    &["openssl", "-passin", "pass:@"],
    &["app", "--password=@ and @"],
    &["app", "password: @ and @"],
    &["app", "-----BEGIN RSA PRIVATE KEY----- @ @"],
    &["app", "user: bob\npassword: @ @\n"],
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_planted_secret_never_leaves(
        place in proptest::sample::select(PLACES),
        secret in secret(),
        before in proptest::collection::vec("[a-z/.-]{1,8}", 0..3),
        after in proptest::collection::vec("[a-z0-9=/.-]{1,8}", 0..3),
    ) {
        // The mark stands for the secret once, also where an address goes on behind it.
        let planted: Vec<String> = place.iter().map(|part| {
            part.replace("@@", "\u{1}@").replacen('@', &secret, usize::from(!part.contains("@@")) * 9)
                .replace('\u{1}', &secret)
        }).collect();
        prop_assert!(planted.concat().contains(&secret));
        let arguments = before.iter().chain(&planted).chain(&after).map(String::as_str);
        let line = sanitise(arguments);
        prop_assert!(!line.contains(&secret), "{secret} in {line}");
        prop_assert!(!line.contains("Zq9"), "a part of {secret} in {line}");
    }

    #[test]
    fn no_arguments_panic(arguments in proptest::collection::vec("\\PC{0,60}", 0..6)) {
        let line = sanitise(arguments.iter().map(String::as_str));
        prop_assert!(line.len() <= LINE_BYTES);
    }

    #[test]
    fn no_awkward_arguments_panic(
        arguments in proptest::collection::vec("[-=:'\"\\\\@/ %{};é\u{1}\npassword]{0,40}", 0..4)
    ) {
        let line = sanitise(arguments.iter().map(String::as_str));
        prop_assert!(line.len() <= LINE_BYTES && !line.chars().any(char::is_control));
    }
}
