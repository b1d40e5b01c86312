use super::*;

fn frame(sizes: &[(&str, u64, u64)]) -> Frame {
    let mut frame = Frame {
        year: 2016,
        lottery: "2016-12-20 2016149 双色球".to_owned(),
        ..Frame::default()
    };
    for (stratum, units, sample) in sizes {
        let size = Size {
            units: *units,
            sample: *sample,
        };
        frame.strata.insert((*stratum).to_owned(), size);
        for unit in 0..*units {
            let name = hash(format!("{stratum} {unit}").as_bytes());
            frame
                .units
                .insert(name[..32].to_owned(), (*stratum).to_owned());
        }
    }
    frame
}

#[test]
fn the_smallest_tickets_of_each_stratum_are_drawn() {
    let frame = frame(&[("12-high", 5, 2), ("12-low", 9, 1), ("7-low", 3, 3)]);
    let drawn = draw(&frame, "03071519223108");
    let mut of_all: Vec<(String, String)> = Vec::new();
    for (unit, stratum) in &frame.units {
        if stratum == "12-high" {
            of_all.push((ticket("03071519223108", unit), unit.clone()));
        }
    }
    of_all.sort();
    let told: Vec<(&str, u64, &str)> = drawn
        .iter()
        .map(|drawn| (drawn.stratum.as_str(), drawn.place, drawn.unit.as_str()))
        .collect();
    assert_eq!(
        &told[..2],
        [
            ("12-high", 1, of_all[0].1.as_str()),
            ("12-high", 2, of_all[1].1.as_str()),
        ]
    );
    let strata: Vec<&str> = drawn.iter().map(|drawn| drawn.stratum.as_str()).collect();
    assert_eq!(
        strata,
        ["12-high", "12-high", "12-low", "7-low", "7-low", "7-low"]
    );
}

#[test]
fn a_ticket_is_the_hash_of_seed_and_name() {
    // printf '12345 abc' | sha256sum
    assert_eq!(ticket("12345", "abc"), hash(b"12345 abc"));
    assert_eq!(
        hash(b""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

/// Of ten thousand draws each unit is in about as many as its stratum's share says, and no two neighbours in the file are drawn together oftener than
/// chance has it.
#[test]
fn ten_thousand_draws_have_the_right_shares() {
    const DRAWS: u64 = 10_000;
    let sizes = [("1-high", 10, 3), ("1-low", 20, 1), ("2-low", 4, 2)];
    let frame = frame(&sizes);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut together = 0;
    let first: Vec<String> = frame
        .units
        .iter()
        .filter(|(_, stratum)| *stratum == "1-high")
        .map(|(unit, _)| unit.clone())
        .take(2)
        .collect();
    for number in 0..DRAWS {
        let drawn = draw(&frame, &format!("{number:05}"));
        assert_eq!(drawn.len(), 6);
        for one in &drawn {
            *counts.entry(one.unit.clone()).or_default() += 1;
        }
        let both = |unit: &String| drawn.iter().any(|one| one.unit == *unit);
        together += u64::from(first.iter().all(both));
    }
    for (unit, stratum) in &frame.units {
        let size = frame.strata[stratum];
        let expected = DRAWS * size.sample / size.units;
        let found = counts.get(unit).copied().unwrap_or(0);
        // Five standard deviations of at most 50 draws.
        assert!(
            found.abs_diff(expected) <= 250,
            "{unit} of {stratum}: {found} instead of {expected}"
        );
    }
    // Three of ten: a pair is in 3 × 2 of 10 × 9 draws.
    let expected = DRAWS * 6 / 90;
    assert!(
        together.abs_diff(expected) <= 125,
        "{together} instead of {expected}"
    );
}

/// A city's frame: 12,000 homes in nine districts and two classes. Each stratum gives its size exactly, and of five hundred draws of a stratum units come
/// about the same number of times, wherever they stand in the file. The ticket of a unit does not depend on the other units, so a
/// stratum is drawn by a frame of its own: ten thousand draws of the whole would hash 120 million times.
#[test]
fn at_city_size_every_stratum_gives_its_share_and_every_place_in_it_the_same() {
    let names: Vec<String> = (1..=9)
        .flat_map(|district| [format!("{district}-high"), format!("{district}-low")])
        .collect();
    let sizes: Vec<(&str, u64, u64)> = names
        .iter()
        .enumerate()
        .map(|(place, name)| match place % 2 {
            0 => (name.as_str(), 200, 40),
            _ => (name.as_str(), 1_134, 35),
        })
        .collect();
    let whole = frame(&sizes);
    assert_eq!(whole.units.len(), 12_006);
    let mut of_whole: BTreeMap<String, u64> = BTreeMap::new();
    for one in draw(&whole, "03071519223108") {
        *of_whole.entry(one.stratum).or_default() += 1;
    }
    for (name, _, sample) in &sizes {
        assert_eq!(of_whole.get(*name), Some(sample), "{name}");
    }
    const DRAWS: u64 = 500;
    for size in [sizes[0], sizes[1]] {
        let frame = frame(&[size]);
        let place: BTreeMap<&String, usize> = frame.units.keys().zip(0..).collect();
        let tenth = frame.units.len().div_ceil(10);
        let mut counts = [0_u64; 10];
        for number in 0..DRAWS {
            for one in draw(&frame, &format!("{number:05}")) {
                counts[place[&one.unit] / tenth] += 1;
            }
        }
        let (_, units, sample) = size;
        for (part, count) in counts.iter().enumerate() {
            let from = part * tenth;
            let of_part = tenth.min(frame.units.len().saturating_sub(from)) as u64;
            let expected = DRAWS * sample * of_part / units;
            // Five standard deviations of a count of at most 2,000 are 224; of 1,750, 209.
            assert!(
                count.abs_diff(expected) <= 230,
                "part {part} of {size:?}: {count} instead of {expected}"
            );
        }
    }
}

#[test]
fn a_frame_is_read_as_it_was_written_and_nothing_else_is() {
    let frame = frame(&[("12-high", 2, 1), ("7-low", 1, 1)]);
    let text = frame_text(&frame);
    assert_eq!(read_frame(&text), Ok(frame));
    let check = |from: &str, to: &str, line: usize, why: Wrong| {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        assert_eq!(
            read_frame(&changed),
            Err(DrawRefusal::NotAFrame { line, why }),
            "{changed}"
        );
    };
    check("frame 1", "frame 2", 1, Wrong::Beginning);
    check("year 2016", "year MMXVI", 2, Wrong::Line);
    check("12-high 2 1", "12-high 3 1", 9, Wrong::Count);
    check("12-high 2 1", "12-high 2 3", 9, Wrong::Count);
    check("stratum 7-low", "stratum 12-high", 5, Wrong::Twice);
    check("\nunit", "\nunit ", 6, Wrong::Line);
    check("\nunit", "\r\nunit", 5, Wrong::Line);
    let without = text.replacen("stratum 7-low 1 1\n", "", 1);
    let why = read_frame(&without).unwrap_err();
    assert!(
        matches!(
            why,
            DrawRefusal::NotAFrame {
                why: Wrong::NoStratum,
                ..
            }
        ),
        "{why:?}"
    );
    let doubled = format!("{text}\n");
    assert!(read_frame(&doubled).is_err());
    assert!(read_frame(text.trim_end()).is_err());
    let lines: Vec<&str> = text.lines().collect();
    let mut swapped = lines.clone();
    swapped.swap(5, 6);
    assert_eq!(
        read_frame(&(swapped.join("\n") + "\n")),
        Err(DrawRefusal::NotAFrame {
            line: 9,
            why: Wrong::Order
        })
    );
    assert!(read_frame("").is_err());
}

#[test]
fn a_seed_is_the_digits_that_were_published() {
    assert_eq!(
        seed("03 07 15 19 22 31 + 08"),
        Ok("03071519223108".to_owned())
    );
    assert_eq!(seed("０３０７１"), Ok("03071".to_owned()));
    assert_eq!(seed("371"), Err(DrawRefusal::WrongLength { digits: 3 }));
    assert_eq!(seed(""), Err(DrawRefusal::WrongLength { digits: 0 }));
    assert_eq!(
        seed(&"1".repeat(65)),
        Err(DrawRefusal::WrongLength { digits: 65 })
    );
    let found = "x".to_owned();
    assert_eq!(seed("12345x"), Err(DrawRefusal::NotDigits { found }));
}

#[test]
fn who_was_drawn_least_comes_first() {
    let candidates = [
        Candidate { name: "a", load: 1 },
        Candidate { name: "b", load: 0 },
        Candidate { name: "c", load: 0 },
    ];
    let (place, of) = next_of("12345", "home", &candidates).unwrap();
    let tickets = ["b", "c"].map(|name| ticket("12345", &format!("home {name}")));
    let smallest = tickets.iter().min().unwrap();
    assert_eq!((&of, candidates[place].load), (smallest, 0));
    assert_eq!(next_of("12345", "home", &[]), None);
}
