use jianjia_standard::Text;
use uuid::Uuid;

use super::*;

fn rate(words: &str) -> Rate {
    words.parse().unwrap()
}

fn fact(key: &str) -> Quantity {
    Quantity::Fact(key.to_owned())
}

fn known(numbers: &[(&str, u64)], before: &[(&str, u64)]) -> Known {
    let map = |numbers: &[(&str, u64)]| {
        let numbers = numbers.iter();
        numbers
            .map(|(key, number)| (Quantity::of_key(key), *number))
            .collect()
    };
    Known {
        unit: UnitId(Uuid::from_u128(1)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "甲厂工会".to_owned(),
        kind: UnitKind::Grassroots,
        numbers: map(numbers),
        before: map(before),
        claims: 0,
        bare: Vec::new(),
        applied: BTreeSet::new(),
        photos: Vec::new(),
    }
}

fn rule(looks_for: LooksFor) -> XrayRule {
    XrayRule {
        key: "rule".to_owned(),
        clause: None,
        name: Text::default(),
        text: Text::default(),
        looks_for,
    }
}

/// What stands against each other, as `subject:basis`.
fn found(looks_for: LooksFor, known: &Known, usual: Option<Usual>) -> Vec<String> {
    contradictions(&[rule(looks_for)], known, |_, _, _| usual.as_ref())
        .into_iter()
        .map(|found| format!("{}:{}", found.subject, found.basis))
        .collect()
}

#[test]
fn a_count_is_over_another_only_when_it_is_more_and_both_are_known() {
    let over = |by: &str| LooksFor::Over {
        count: fact("members"),
        of: fact("workers"),
        by: rate(by),
    };
    let check = |numbers: &[(&str, u64)], by: &str, expect: &[&str]| {
        assert_eq!(found(over(by), &known(numbers, &[]), None), expect);
    };
    check(&[("members", 101), ("workers", 100)], "0%", &[":101/100"]);
    check(&[("members", 100), ("workers", 100)], "0%", &[]);
    check(&[("members", 101)], "0%", &[]);
    check(&[("members", 120), ("workers", 100)], "20%", &[]);
    check(&[("members", 121), ("workers", 100)], "20%", &[":121/100"]);
    check(&[("members", 1), ("workers", 0)], "50%", &[":1/0"]);
    check(&[("members", 0), ("workers", 0)], "0%", &[]);
}

#[test]
fn a_figure_is_far_from_last_years_by_factor_and_difference_together() {
    let far = || LooksFor::LastYear {
        of: vec![fact("workers"), fact("members")],
        factor: rate("300%"),
        least: 100,
    };
    let check = |before: u64, now: u64, expect: &[&str]| {
        let known = known(&[("workers", now), ("members", 5)], &[("workers", before)]);
        assert_eq!(found(far(), &known, None), expect, "{before} {now}");
    };
    check(50, 150, &["workers:50/150"]);
    check(50, 149, &[]);
    check(150, 50, &["workers:150/50"]);
    check(10, 109, &[]);
    check(0, 100, &["workers:0/100"]);
    check(0, 99, &[]);
    check(1_000, 2_999, &[]);
    check(1_000, 3_000, &["workers:1000/3000"]);
}

#[test]
fn a_figure_is_compared_with_unions_of_its_kind_and_size_and_never_with_too_few() {
    let like = |per: Option<Quantity>, fewest| {
        LooksFor::LikeUnions(LikeUnions {
            of: fact("hardship"),
            per,
            sizes: vec![50, 200],
            spreads: 3,
            least: 5,
            fewest,
        })
    };
    let usual = Usual::of(vec![10, 20, 30, 20, 20]);
    let of = |numbers: &[(&str, u64)]| known(numbers, &[]);
    let one = of(&[("hardship", 60), ("workers", 100)]);
    assert_eq!(found(like(None, 5), &one, usual), [":60"]);
    assert_eq!(found(like(None, 6), &one, usual), [""; 0]);
    assert_eq!(found(like(None, 5), &one, None), [""; 0]);
    // Its size isn't known.
    let unsized_one = of(&[("hardship", 60)]);
    assert_eq!(found(like(None, 5), &unsized_one, usual), [""; 0]);
    // 60 of 100 are 6000 parts in ten thousand; of no workers there is no share.
    let share = like(Some(fact("workers")), 5);
    assert_eq!(found(share.clone(), &one, usual), [":6000"]);
    let none = of(&[("hardship", 60), ("workers", 0)]);
    assert_eq!(found(share, &none, usual), [""; 0]);
    let LooksFor::LikeUnions(rule) = like(None, 5) else {
        panic!("a rule of like unions");
    };
    let sizes = [0, 49, 50, 199, 200, 9_999].map(|workers| rule.size_of(Some(workers)).unwrap());
    assert_eq!(sizes, [0, 0, 1, 1, 2, 2]);
    assert_eq!(bounds(&rule.sizes, 0), Some((0, Some(50))));
    assert_eq!(bounds(&rule.sizes, 2), Some((200, None)));
    assert_eq!(bounds(&[], 0), None);
}

#[test]
fn only_who_applied_is_asked_for_evidence() {
    let bare = || LooksFor::NoEvidence {
        titles: vec!["trusted-home".to_owned()],
        from: 2,
    };
    let mut one = known(&[], &[]);
    one.claims = 3;
    one.bare = vec!["own_account".to_owned(), "legal_person".to_owned()];
    assert_eq!(found(bare(), &one, None), [""; 0]);
    one.applied.insert("trusted-home".to_owned());
    assert_eq!(found(bare(), &one, None), [":own_account,legal_person"]);
    one.bare.pop();
    assert_eq!(found(bare(), &one, None), [""; 0]);
}

fn other(number: u128, distance: u32) -> OtherPhoto {
    OtherPhoto {
        distance,
        unit: UnitId(Uuid::from_u128(number)),
        unit_name: format!("{number} 厂工会"),
        evidence: EvidenceId(Uuid::from_u128(number)),
        content: format!("{number:064}"),
    }
}

#[test]
fn a_photo_near_another_unions_is_told_with_the_nearest_first_and_the_own_is_none() {
    let same = || LooksFor::SamePhoto { distance: 3 };
    let mut one = known(&[], &[]);
    let photo = |others| AlikePhoto {
        content: "own".to_owned(),
        evidence: EvidenceId(Uuid::from_u128(99)),
        name: "活动.jpg".to_owned(),
        others,
    };
    one.photos = vec![photo(vec![other(1, 0), other(2, 4)])];
    assert_eq!(found(same(), &one, None), [""; 0]);
    one.photos = vec![photo((2..20).map(|number| other(number, 3)).collect())];
    one.photos[0].others.push(other(30, 0));
    let found = contradictions(&[rule(same())], &one, |_, _, _| None);
    let [found] = found.as_slice() else {
        panic!("one contradiction a photo");
    };
    assert_eq!(found.basis.split(',').count(), 19);
    let Figures::SamePhoto { others, count, .. } = &found.figures else {
        panic!("photos");
    };
    assert_eq!((others.len(), *count), (OTHERS_AT_MOST, 19));
    assert_eq!(others[0], other(30, 0));
    // One union fewer is nothing new, one more is.
    let mut fewer = one.clone();
    fewer.photos[0].others.pop();
    let of = |known: &Known| contradictions(&[rule(same())], known, |_, _, _| None).remove(0);
    assert!(of(&fewer).stands_on(&found.basis));
    assert!(!found.stands_on(&of(&fewer).basis));
    assert!(!found.stands_on(""));
}

#[test]
fn what_was_seen_is_kept_and_comes_back() {
    let figures = [
        Figures::Over {
            count: amount(&fact("members"), 3),
            of: amount(&Quantity::Known(KnownQuantity::RegisterWorkers), 2),
        },
        Figures::LikeUnions {
            value: 7,
            count: amount(&fact("members"), 7),
            per: None,
            usual: Usual::of(vec![1, 2, 3]).unwrap(),
            unit_kind: UnitKind::Village,
            size: Some((0, Some(50))),
        },
        Figures::SamePhoto {
            evidence: EvidenceId(Uuid::from_u128(9)),
            name: "a.jpg".to_owned(),
            others: vec![other(2, 1)],
            count: 1,
        },
    ];
    for one in figures {
        let kept = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&kept).unwrap(), one);
    }
}
