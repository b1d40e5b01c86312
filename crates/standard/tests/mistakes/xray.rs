//! Rules of the x-ray, and higher honours.

use crate::appended;

const XRAY: &str = r#"
[[xray]]
key = "more-books"
kind = "over"
count = "books"
of = "readers"
name = { zh = "多", en = "More" }
text = { zh = "多", en = "More" }
[[xray]]
key = "far"
kind = "last-year"
of = ["books", "rating.roll"]
factor = "200%"
least = 10
name = { zh = "远", en = "Far" }
text = { zh = "远", en = "Far" }
[[xray]]
key = "unlike"
kind = "like-unions"
of = "rating.satisfaction"
sizes = [10, 100]
spreads = 6
least = 500
fewest = 20
name = { zh = "不同", en = "Unlike" }
text = { zh = "不同", en = "Unlike" }
[[xray]]
key = "bare"
kind = "no-evidence"
titles = ["open-room"]
from = 3
name = { zh = "空", en = "Bare" }
text = { zh = "空", en = "Bare" }
[[xray]]
key = "photo"
kind = "same-photo"
distance = 3
name = { zh = "同", en = "Same" }
text = { zh = "同", en = "Same" }
[[higher_honour]]
key = "award"
clause = "R2"
name = { zh = "奖状", en = "Award" }
of = "units"
requires = ["open-room"]
order = ["held-longest", "members"]
barred_by = ["veto"]
"#;

#[test]
fn rules_of_the_x_ray_and_higher_honours_are_read_and_their_mistakes_are_told() {
    assert_eq!(appended(XRAY), Vec::<String>::new());
    let check = |from: &str, to: &str, expected: &[&str]| {
        assert!(XRAY.contains(from), "{from}");
        assert_eq!(appended(&XRAY.replacen(from, to, 1)), expected, "{to}");
    };
    check(
        "kind = \"over\"",
        "kind = \"ovr\"",
        &[
            "4:8: `kind`: `ovr` is not one of over, last-year, like-unions, no-evidence, same-photo, did you mean `over`?",
        ],
    );
    check(
        "\"rating.roll\"]",
        "\"rating.rol\"]",
        &[
            "12:16: `rating.rol` is none of register.workers, register.members, rating.roll, rating.cast, rating.satisfaction, rating.turnout, did you mean `rating.roll`?",
        ],
    );
    check(
        "factor = \"200%\"",
        "factor = \"100%\"",
        &["13:10: `factor` is over 100%: how many times as much is far"],
    );
    check(
        "least = 10\n",
        "least = 0\n",
        &["14:9: `least` is at least 1"],
    );
    check(
        "sizes = [10, 100]",
        "sizes = [10, 10]",
        &["21:14: `sizes` go up, and begin above 0: each is where a size begins"],
    );
    check(
        "fewest = 20",
        "fewest = 2",
        &["24:10: `fewest` is at least 5: of fewer unions nothing is usual"],
    );
    check(
        "distance = 3",
        "distance = 9",
        &["37:12: `distance` is from 0 to 7 bits of 64"],
    );
    check(
        "key = \"far\"",
        "key = \"more-books\"",
        &["10:7: x-ray rule `more-books` is there twice"],
    );
    check(
        "order = [\"held-longest\", \"members\"]",
        "order = [\"members\", \"members\"]",
        &["40:1: `order` names a rule twice"],
    );
    check(
        "of = \"units\"",
        "of = \"people\"",
        &["45:13: `open-room` is no title of people"],
    );
    check(
        "key = \"award\"",
        "key = \"Award\"",
        &["41:7: `Award`: a key has lower-case letters, digits and `-`, not `A`"],
    );
}
