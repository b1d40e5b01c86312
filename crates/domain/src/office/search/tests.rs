use super::*;

/// Names with their sort keys as `app` makes them.
const UNITS: [(u128, &str, &str, &str, &str); 5] = [
    (
        1,
        "/1/2/3/",
        "常州恒源机械有限公司工会委员会",
        "chang zhou heng yuan ji xie you xian gong si gong hui wei yuan hui 常州恒源机械有限公司工会委员会 =czhyjxyxgsghwyh",
        "1024 91320400MA1MXXXX0A",
    ),
    (
        2,
        "/1/2/4/",
        "常州诚源工会",
        "chang zhou cheng yuan gong hui 常州诚源工会 =czcygh",
        "1025",
    ),
    (
        3,
        "/1/5/",
        "恒源工会",
        "heng yuan gong hui 恒源工会 =hygh",
        "77",
    ),
    (
        4,
        "/1/5/6/",
        "TCL（常州）工会",
        "tcl（ chang zhou ） gong hui tcl（常州）工会 =tclczgh",
        "78",
    ),
    (
        5,
        "/1/5/7/",
        "恒源纺织厂工会",
        "heng yuan fang zhi chang gong hui 恒源纺织厂工会 =hyfzcgh",
        "79",
    ),
];

fn unit(number: u128) -> Named {
    let (id, path, name, sort_key, numbers) = UNITS[usize::try_from(number).unwrap() - 1];
    Named {
        noun: Noun::Unit,
        id: Uuid::from_u128(id),
        path: path.to_owned(),
        name: name.to_owned(),
        sort_key: sort_key.to_owned(),
        numbers: numbers.to_owned(),
        is_past: id == 5,
    }
}

fn person(id: u128, path: &str, name: &str, sort_key: &str) -> Named {
    Named {
        noun: Noun::Person,
        id: Uuid::from_u128(id),
        path: path.to_owned(),
        name: name.to_owned(),
        sort_key: sort_key.to_owned(),
        numbers: String::new(),
        is_past: false,
    }
}

fn names() -> Names {
    let mut names = Names::default();
    for number in 1..=5 {
        names.put(&unit(number));
    }
    names.put(&person(
        11,
        "/1/2/3/",
        "单小曾",
        "shan xiao zeng 单小曾 / dan xiao ceng =sxz dxc",
    ));
    names.put(&person(12, "/1/5/", "常恒", "chang heng 常恒 =ch"));
    names
}

fn ids(hits: &[Hit]) -> Vec<u128> {
    hits.iter().map(|hit| hit.id.as_u128()).collect()
}

fn found(names: &Names, typed: &str, path: &str) -> (Vec<u128>, Vec<u128>) {
    let found = names.find(typed, &[path.to_owned()], 10);
    assert_eq!(found.units_in_all, found.units.len());
    (ids(&found.units), ids(&found.people))
}

#[test]
fn names_are_found_by_each_way_to_type_them_the_best_first() {
    let names = names();
    let check = |typed: &str, units: &[u128], people: &[u128]| {
        assert_eq!(
            found(&names, typed, "/1/"),
            (units.to_vec(), people.to_vec()),
            "{typed}"
        );
    };
    // The whole name, then those that hold it; what is no more comes last.
    check("恒源工会", &[3], &[]);
    check("恒源", &[3, 1, 5], &[]);
    check("机械有限公司工会委员会", &[1], &[]);
    check("ＴＣＬ(常州)", &[4], &[]);
    // Whole syllables: 诚源 is no 恒源.
    check("hengyuan", &[3, 1, 5], &[]);
    check("heng yuan", &[3, 1, 5], &[]);
    check("hengy", &[3, 1, 5], &[]);
    check("chengyuan", &[2], &[]);
    check("czhy", &[1], &[]);
    check("tcl", &[4], &[]);
    // Every reading of a name.
    check("danxiao", &[], &[11]);
    check("sxz", &[], &[11]);
    check("dxc", &[], &[11]);
    check("zengx", &[], &[]);
    // Part of a number or code.
    check("102", &[2, 1], &[]);
    check("7", &[3, 4, 5], &[]);
    check("ma1mx", &[1], &[]);
    // Words in any order.
    check("机械 恒源", &[1], &[]);
    check("恒源 fangzhi", &[5], &[]);
    check("chang", &[2, 1, 4, 5], &[12]);
    check("常", &[2, 1, 4], &[12]);
    check("", &[], &[]);
    check("（", &[4], &[]);
    check("没有", &[], &[]);
}

#[test]
fn a_whole_number_comes_before_those_that_hold_it() {
    let mut names = names();
    // Its name is the shorter one.
    names.put(&Named {
        name: "厂".to_owned(),
        numbers: "771".to_owned(),
        ..unit(2)
    });
    assert_eq!(found(&names, "77", "/1/"), (vec![3, 2], vec![]));
}

#[test]
fn only_what_stands_within_the_paths_is_found() {
    let names = names();
    assert_eq!(found(&names, "恒源", "/1/5/"), (vec![3, 5], vec![]));
    assert_eq!(found(&names, "恒源", "/1/50/"), (vec![], vec![]));
    let both = names.find("恒", &["/1/2/3/".to_owned(), "/1/5/7/".to_owned()], 10);
    assert_eq!(ids(&both.units), [1, 5]);
    assert_eq!(names.find("恒", &[], 10), Found::default());
}

#[test]
fn the_best_are_shown_and_all_counted() {
    let found = names().find("工会", &["/1/".to_owned()], 2);
    assert_eq!(ids(&found.units), [3, 4]);
    assert_eq!(found.units_in_all, 5);
}

#[test]
fn a_name_that_changes_is_found_by_the_new_one_alone() {
    let mut names = names();
    let renamed = Named {
        name: "恒远工会".to_owned(),
        path: "/1/9/".to_owned(),
        ..unit(3)
    };
    names.put(&renamed);
    assert_eq!(names.len(), 7);
    assert_eq!(names.path_of(Noun::Unit, renamed.id), Some("/1/9/"));
    assert_eq!(found(&names, "恒源工会", "/1/"), (vec![], vec![]));
    assert_eq!(found(&names, "恒远", "/1/"), (vec![3], vec![]));
    names.remove(Noun::Unit, renamed.id);
    assert_eq!(found(&names, "恒远", "/1/"), (vec![], vec![]));
    assert_eq!(names.len(), 6);
    assert!(!names.is_worn());
    for _ in 0..=PASSED_OVER_AT_MOST {
        names.put(&unit(1));
    }
    assert!(names.is_worn());
    assert_eq!(found(&names, "机械", "/1/"), (vec![1], vec![]));
}

#[test]
fn a_line_end_in_a_name_parts_nothing() {
    let mut names = Names::default();
    names.put(&person(1, "/1/", "甲\n乙", "jia yi"));
    names.put(&person(2, "/1/", "乙", "yi"));
    assert_eq!(found(&names, "乙", "/1/").1, [2, 1]);
}
