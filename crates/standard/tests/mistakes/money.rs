//! Money and its purposes.

use crate::mistakes;

const MONEY: &str = r#"[money]
clause = "Z9"
over = "flag"
left = "carry"

[[purpose]]
key = "books"
clause = "Z9"
name = { zh = "购置图书", en = "Books" }
words = ["买书"]

[[purpose]]
key = "room"
clause = "Z9"
name = { zh = "阅览室", en = "The room" }

[[reward]]
clause = "Z9"
name = { zh = "补助", en = "Grant" }
text = { zh = "补助", en = "Grant" }

[[target]]
clause = "Z1""#;

#[test]
fn what_is_wrong_with_money_and_its_purposes_is_said() {
    let with = |from: &str, to: &str| {
        assert!(MONEY.contains(from), "{from}");
        let changed = MONEY.replacen(from, to, 1);
        let found = mistakes(&[("[[target]]\nclause = \"Z1\"", &changed)], &[]);
        let told = |mistake: &String| {
            let told = mistake.splitn(4, ':').nth(3);
            told.map(|told| told.trim().to_owned())
        };
        found.iter().filter_map(told).collect::<Vec<String>>()
    };
    assert_eq!(with("Z9", "Z9"), Vec::<String>::new());
    let cases: [(&str, &str, &str); 6] = [
        (
            "clause = \"Z9\"\nover",
            "clause = \"Y7\"\nover",
            "`clause` names the clause of a reward, and `Y7` is none",
        ),
        (
            "over = \"flag\"",
            "over = \"hide\"",
            "`over`: `hide` is not one of flag, refuse",
        ),
        ("left = \"carry\"\n", "", "`left` is missing in money"),
        (
            "key = \"room\"",
            "key = \"books\"",
            "purpose `books` is there twice",
        ),
        (
            "words = [\"买书\"]",
            "words = [\"买书\", \" \"]",
            "`words` has a word that is blank",
        ),
        (
            "zh = \"阅览室\"",
            "zh = \"买 书\"",
            "\"买 书\" means purpose `books` already",
        ),
    ];
    for (from, to, told) in cases {
        assert_eq!(with(from, to), [told], "{to}");
    }
    let none = mistakes(
        &[(
            "[[target]]\nclause = \"Z1\"",
            "[money]\nclause = \"Z9\"\nover = \"flag\"\nleft = \"carry\"\n\n[[reward]]\nclause = \"Z9\"\nname = { zh = \"补助\", en = \"Grant\" }\ntext = { zh = \"补助\", en = \"Grant\" }\n\n[[target]]\nclause = \"Z1\"",
        )],
        &[],
    );
    assert_eq!(none.len(), 1, "{none:?}");
    assert!(none[0].contains("there is no `[[purpose]]`"), "{none:?}");
}
