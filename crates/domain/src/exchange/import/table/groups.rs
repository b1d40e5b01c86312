//! Headings on two rows: the upper one groups the columns that the lower one names, or divides a figure into a sum and its parts.

use super::{
    TableRow,
    headings::{Headings, Words},
    plain,
};

/// A heading with several columns below it, none of which is the sum: which of them is meant can't be told.
pub(super) struct Split {
    pub(super) heading: String,
    pub(super) below: Vec<String>,
}

/// So many characters at most has a heading below another.
const BELOW_AT_MOST: usize = 12;

fn cell(row: &TableRow, place: usize) -> &str {
    row.cells.get(place).map_or("", |cell| cell.trim())
}

/// The last place of the group whose heading stands in the upper row: as far as it is merged, else up to the next heading above.
fn end_of(upper: &TableRow, lower: &TableRow, place: usize) -> usize {
    let merged = upper.merged.iter().find(|(first, _)| *first == place);
    if let Some((_, last)) = merged {
        return *last;
    }
    let mut end = place;
    while end + 1 < lower.cells.len()
        && cell(upper, end + 1).is_empty()
        && !cell(lower, end + 1).is_empty()
    {
        end += 1;
    }
    end
}

/// Two rows as one: what the lower one names, else what the upper one names, else both (工会 over 名称). A group stands over the columns beside it;
/// of the columns below a known heading, the sum is its figure. The first heading of which that can't be told is handed back as well.
pub(super) fn together(
    words: &Words<'_>,
    upper: &TableRow,
    lower: &TableRow,
) -> (Vec<String>, Option<Split>) {
    let mut cells: Vec<String> = Vec::new();
    let mut split = None;
    let (mut group, mut group_end) = (String::new(), 0);
    for place in 0..upper.cells.len().max(lower.cells.len()) {
        let (above, below) = (cell(upper, place), cell(lower, place));
        if !above.is_empty() {
            above.clone_into(&mut group);
            group_end = end_of(upper, lower, place);
            if words.get(above).is_some() && !below.is_empty() && below != above {
                let divided = divided(words, lower, above, (place, group_end));
                split = split.or(divided);
            }
        } else if place > group_end && !upper.merged.is_empty() {
            group.clear();
        }
        let both = format!("{group}{below}");
        let is_known = |text: &str| words.get(text).is_some();
        let is_divided =
            is_known(&group) && place <= group_end && above_has_parts(upper, lower, place);
        cells.push(if below.is_empty() {
            above.to_owned()
        } else if is_known(below) {
            below.to_owned()
        } else if is_divided {
            if words.is_sum(below) {
                group.clone()
            } else {
                format!("{group}（{below}）")
            }
        } else if is_known(above) {
            above.to_owned()
        } else if is_known(&both) {
            both
        } else {
            below.to_owned()
        });
    }
    (cells, split)
}

/// Whether the group over a place has several columns, the first of which is named below, too.
fn above_has_parts(upper: &TableRow, lower: &TableRow, place: usize) -> bool {
    let Some(first) = (0..=place)
        .rev()
        .find(|place| !cell(upper, *place).is_empty())
    else {
        return false;
    };
    let (above, below) = (cell(upper, first), cell(lower, first));
    end_of(upper, lower, first) > first && !below.is_empty() && below != above
}

/// The split of a known heading, unless one of the columns below it is its figure.
fn divided(
    words: &Words<'_>,
    lower: &TableRow,
    heading: &str,
    (first, last): (usize, usize),
) -> Option<Split> {
    if last == first {
        return None;
    }
    let below: Vec<&str> = (first..=last)
        .map(|place| cell(lower, place))
        .filter(|below| !below.is_empty())
        .collect();
    let meant = words.get(heading).map(|column| &column.key);
    let unknown = |below: &&&str| words.get(below).is_none();
    let sums = below.iter().filter(|below| words.is_sum(below)).count();
    let is_named = below
        .iter()
        .any(|below| words.get(below).map(|column| &column.key) == meant);
    let are_all_known = below.iter().filter(unknown).count() == 0;
    (sums != 1 && !is_named && !are_all_known).then(|| Split {
        heading: heading.to_owned(),
        below: below.into_iter().map(str::to_owned).collect(),
    })
}

/// Whether the row below the headings divides their columns further, and is no row of the table: it has words under a heading of several columns,
/// and under the others nothing, a remark in brackets, or what is merged down.
pub(super) fn divides(
    words: &Words<'_>,
    headings: &Headings<'_>,
    upper: &TableRow,
    lower: &TableRow,
) -> bool {
    let mut divides = false;
    for place in 0..lower.cells.len() {
        let (above, below) = (cell(upper, place), cell(lower, place));
        if below.is_empty() || plain(below) == plain(above) {
            continue;
        }
        let is_remark = below.starts_with(['（', '(']);
        let is_group = is_remark || above_has_parts(upper, lower, place);
        let is_required = headings
            .known
            .iter()
            .any(|(known, column)| *known == place && column.is_required);
        let is_word = below.chars().count() <= BELOW_AT_MOST
            && !below.contains(|sign: char| sign.is_numeric());
        if !is_word || (is_required && !is_remark) || (!is_group && !above.is_empty()) {
            return false;
        }
        let is_known = words.get(above).is_some() || above.is_empty();
        divides |= is_group && is_known;
    }
    divides
}
