//! Parsing `standard.toml`: sizes of unions, the tile map, the lines of targets.

use crate::figure::Rate;
use crate::load::names::Names;
use crate::load::reader::{Ledger, Section};
use crate::programme::{LinePoint, MOST_CLAUSES, Programme, Size, Standard, Tile};

/// From the smallest to the largest: each allows more workers than the one before, and the last any number.
pub(crate) fn sizes(sections: Vec<Section<'_>>) -> Vec<Size> {
    let mut found: Vec<Size> = Vec::new();
    let mut last = None;
    for section in sections {
        let key = section.spelled("key").unwrap_or_default();
        if found.iter().any(|known| known.key == key.word) {
            let message = format!("size `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        let up_to = section.maybe_number("up_to");
        match found.last().map(|before| before.up_to) {
            Some(None) => section.ledger.add(
                section.at,
                "a size after the one without `up_to`, which takes all that are larger",
            ),
            Some(Some(before)) if up_to.is_some_and(|most| most <= before) => section.ledger.add(
                section.at,
                format!("`up_to` must be more than {before}, that of the size before"),
            ),
            _ => {}
        }
        last = Some((section.ledger, section.at));
        found.push(Size {
            key: key.word,
            name: section.text("name"),
            up_to,
        });
        section.finish();
    }
    if let (Some((ledger, at)), Some(Size { up_to: Some(_), .. })) = (last, found.last()) {
        ledger.add(
            at,
            "the last size has no `up_to`: it takes all that are larger",
        );
    }
    found
}

/// No district and no place in the map twice.
pub(crate) fn tiles(sections: Vec<Section<'_>>) -> Vec<Tile> {
    let mut found: Vec<Tile> = Vec::new();
    for section in sections {
        let division = section.spelled("division").unwrap_or_default();
        let tile = Tile {
            division: division.word,
            column: section.number("column"),
            row: section.number("row"),
        };
        if !(1..=MOST_TILES).contains(&tile.column) || !(1..=MOST_TILES).contains(&tile.row) {
            let message = format!("`column` and `row` are numbers from 1 to {MOST_TILES}");
            section.ledger.add(section.at, message);
        }
        if found.iter().any(|known| known.division == tile.division) {
            let message = format!("division {} has a tile already", tile.division);
            section.ledger.add(division.at, message);
        }
        let at = |tile: &Tile| (tile.column, tile.row);
        if found.iter().any(|known| at(known) == at(&tile)) {
            let message = format!(
                "column {}, row {} has a tile already",
                tile.column, tile.row
            );
            section.ledger.add(section.at, message);
        }
        found.push(tile);
        section.finish();
    }
    found
}

/// A map wider or higher than this is no map any more.
const MOST_TILES: u64 = 40;

/// The points of a target's line, one a year, each at least as high as the one before.
pub(crate) fn line(sections: Vec<Section<'_>>, programme: &Programme) -> Vec<LinePoint> {
    let mut found: Vec<LinePoint> = Vec::new();
    for section in sections {
        let year = section.year("year");
        if let Some((first, last)) = programme.years()
            && year != 0
            && !(first..=last).contains(&year)
        {
            let message = format!("year {year} is outside the programme's, {first} to {last}");
            section.ledger.add(section.at, message);
        }
        let share = section.spelled("share").unwrap_or_default();
        let rate = share.word.parse::<Rate>();
        if let Err(message) = &rate
            && !share.word.is_empty()
        {
            section.ledger.add(share.at, *message);
        }
        if let (Some(before), Ok(rate)) = (found.last(), &rate) {
            if year <= before.year {
                let message = format!("year {year} stands after {}", before.year);
                section.ledger.add(section.at, message);
            }
            if rate.of(10_000) < before.share.of(10_000) {
                let message = "a share below that of the year before: a line does not fall";
                section.ledger.add(share.at, message);
            }
        }
        if let Ok(share) = rate {
            found.push(LinePoint { year, share });
        }
        section.finish();
    }
    found
}

/// What a union lacks is kept as the bits of one number.
pub(crate) fn clauses_fit(standard: &Standard, names: &Names, ledger: &Ledger<'_>) {
    for title in &standard.titles {
        let mut clauses: Vec<&str> = standard
            .chain(title)
            .into_iter()
            .flat_map(|tier| &tier.criteria)
            .map(|criterion| criterion.clause.as_str())
            .collect();
        clauses.sort_unstable();
        clauses.dedup();
        if clauses.len() > MOST_CLAUSES {
            let at = names.titles.get(&title.key).copied().unwrap_or(0);
            let message = format!(
                "title `{}` asks {} criteria together with those below it; {MOST_CLAUSES} is the most",
                title.key,
                clauses.len()
            );
            ledger.add(at, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::load;

    fn mistakes(add: &str) -> Vec<String> {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        let read = |name| std::fs::read_to_string(folder.join(name)).unwrap();
        let text = format!("{}\n{add}\n", read("standard.toml"));
        match load::texts(&text, &read("facts.toml")) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes
                .into_iter()
                .map(|mistake| mistake.message)
                .collect(),
        }
    }

    #[test]
    fn tiles_stand_once_and_lines_do_not_fall() {
        let check = |add: &str, expect: &[&str]| assert_eq!(mistakes(add), expect, "{add}");
        check(
            "[[tile]]\ndivision = \"320402\"\ncolumn = 9\nrow = 9",
            &["division 320402 has a tile already"],
        );
        check(
            "[[tile]]\ndivision = \"320499\"\ncolumn = 0\nrow = 9",
            &["`column` and `row` are numbers from 1 to 40"],
        );
        let target = "[[target]]\nclause = \"G9\"\ntitle = \"model-home\"\nname = { zh = \"甲\", en = \"A\" }\nby = 2020-12-31\ncount = 9\nline = ";
        check(
            &format!(
                "{target}[{{ year = 2016, share = \"20%\" }}, {{ year = 2018, share = \"50%\" }}]"
            ),
            &[],
        );
        check(
            &format!(
                "{target}[{{ year = 2016, share = \"20%\" }}, {{ year = 2018, share = \"10%\" }}]"
            ),
            &["a share below that of the year before: a line does not fall"],
        );
        check(
            &format!("{target}[{{ year = 2021, share = \"20%\" }}]"),
            &["year 2021 is outside the programme's, 2016 to 2020"],
        );
        check(
            "[[size]]\nkey = \"huge\"\nname = { zh = \"甲\", en = \"A\" }",
            &["a size after the one without `up_to`, which takes all that are larger"],
        );
    }
}
