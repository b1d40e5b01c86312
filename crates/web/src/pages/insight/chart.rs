//! Charts of targets, worked out in whole numbers and drawn by the template as SVG: lines by year, and the map of tiles. Each stands beside a table with its
//! figures.

use jianjia_app::insight::dashboard::ChildProgress;
use jianjia_domain::honour::target::{Progress, Projection};
use jianjia_standard::programme::Tile;
use jianjia_words::format;

/// The size of a chart, and where its lines lie in it.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub width: i64,
    pub height: i64,
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

pub const LARGE: Frame = Frame {
    width: 360,
    height: 180,
    left: 44,
    right: 24,
    top: 16,
    bottom: 26,
};

pub const SMALL: Frame = Frame {
    width: 140,
    height: 60,
    left: 4,
    right: 4,
    top: 6,
    bottom: 6,
};

/// A target by year against the line on which it should be, with what is to be expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    pub width: i64,
    pub height: i64,
    /// The corners of the line that should be, of what was reached, and of the range to be expected, as `points` has them.
    pub due: String,
    pub held: String,
    pub range: Option<String>,
    pub expected: Option<String>,
    pub points: Vec<(i64, i64)>,
    /// The years below, and the figures beside.
    pub years: Vec<(i64, String)>,
    pub figures: Vec<(i64, String)>,
    pub floor: i64,
    pub left: i64,
    pub end: i64,
}

pub fn lines(target: &Progress, frame: Frame) -> Lines {
    let (_, expected, most) = range(target);
    let highest = target
        .line
        .iter()
        .flat_map(|year| [year.due, year.held.unwrap_or(0)])
        .chain([expected, most, 1])
        .max()
        .unwrap_or(1);
    let last = i64::try_from(target.line.len().saturating_sub(1)).unwrap_or(0);
    let floor = frame.height - frame.bottom;
    let x = |place: i64| {
        let wide = frame.width - frame.left - frame.right;
        frame.left + place * wide / last.max(1)
    };
    let y = |figure: i64| {
        let high = i128::from(floor - frame.top);
        let up = i128::from(figure.max(0)) * high / i128::from(highest);
        floor - i64::try_from(up).unwrap_or(0)
    };
    let years = || target.line.iter().zip(0_i64..);
    let due: Vec<(i64, i64)> = years()
        .map(|(year, place)| (x(place), y(year.due)))
        .collect();
    let points: Vec<(i64, i64)> = years()
        .filter_map(|(year, place)| Some((x(place), y(year.held?))))
        .collect();
    let (least, expected, most) = range(target);
    let from = points.last().copied();
    let foretold = from.filter(|(at, _)| *at < x(last) && most > 0);
    Lines {
        width: frame.width,
        height: frame.height,
        due: corners(&due),
        held: corners(&points),
        range: foretold.map(|from| corners(&[from, (x(last), y(most)), (x(last), y(least))])),
        expected: foretold.map(|from| corners(&[from, (x(last), y(expected))])),
        points,
        years: years()
            .map(|(year, place)| (x(place), year.year.to_string()))
            .collect(),
        figures: vec![
            (y(highest), format::count(&highest.to_string())),
            (floor, "0".to_owned()),
        ],
        floor,
        left: frame.left,
        end: x(last),
    }
}

/// What is to be expected: at least, on average, at most; zeros where nothing can be said.
fn range(target: &Progress) -> (i64, i64, i64) {
    match &target.projection {
        Projection::Unknown => (0, 0, 0),
        Projection::Expected {
            least,
            figure,
            most,
            ..
        } => (*least, *figure, *most),
    }
}

fn corners(points: &[(i64, i64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    points.join(" ")
}

/// A tile of the map: one district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapTile {
    pub x: i64,
    pub y: i64,
    /// Its place among the districts.
    pub child: usize,
}

/// The map: its size, and its tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    pub width: i64,
    pub height: i64,
    pub tiles: Vec<MapTile>,
}

/// The width and height of a tile with the gap beside it.
const TILE: (i64, i64) = (124, 76);

/// The districts that have a tile, where the standard puts them; none where none has.
pub fn map(children: &[ChildProgress], tiles: &[Tile]) -> Option<Map> {
    let at = |place: u64, step: i64| i64::try_from(place.saturating_sub(1)).unwrap_or(0) * step;
    let tiles: Vec<MapTile> = children
        .iter()
        .enumerate()
        .filter_map(|(child, one)| {
            let tile = tiles
                .iter()
                .find(|tile| !one.division.is_empty() && tile.division == one.division)?;
            Some(MapTile {
                x: at(tile.column, TILE.0),
                y: at(tile.row, TILE.1),
                child,
            })
        })
        .collect();
    let width = tiles.iter().map(|tile| tile.x).max()? + TILE.0;
    let height = tiles.iter().map(|tile| tile.y).max()? + TILE.1;
    Some(Map {
        width,
        height,
        tiles,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::{
        core::place::{UnitKind, UnitPlace},
        honour::target::LineYear,
    };

    use super::*;

    fn target(projection: Projection) -> Progress {
        let year = |year, due, held| LineYear { year, due, held };
        Progress {
            clause: "G2".to_owned(),
            title: "model-home".to_owned(),
            held: 60,
            of: None,
            required: 100,
            reached_bp: 6_000,
            due_bp: 4_000,
            share_bp: None,
            by_year: vec![(2016, 20), (2017, 40)],
            by: jiff::civil::date(2018, 12, 31),
            line: vec![
                year(2016, 34, Some(20)),
                year(2017, 67, Some(60)),
                year(2018, 100, None),
            ],
            projection,
        }
    }

    #[test]
    fn what_is_reached_ends_where_the_years_do_and_the_range_opens_there() {
        let expected = Projection::Expected {
            least: 80,
            most: 120,
            figure: 90,
            last_whole_year: 2017,
            whole_years: 2,
            given: 60,
            years_left: 1,
            reaches: false,
        };
        let frame = Frame {
            width: 200,
            height: 120,
            left: 0,
            right: 0,
            top: 0,
            bottom: 0,
        };
        let drawn = lines(&target(expected), frame);
        assert_eq!(drawn.due, "0,86 100,53 200,20");
        assert_eq!(drawn.held, "0,100 100,60");
        assert_eq!(drawn.range.as_deref(), Some("100,60 200,0 200,40"));
        assert_eq!(drawn.expected.as_deref(), Some("100,60 200,30"));
        let unknown = lines(&target(Projection::Unknown), frame);
        assert_eq!((unknown.range, unknown.expected), (None, None));
    }

    #[test]
    fn districts_stand_where_the_standard_puts_them() {
        let child = |number: u128, division: &str| ChildProgress {
            unit: UnitPlace {
                id: jianjia_domain::core::ids::UnitId(uuid::Uuid::from_u128(number)),
                kind: UnitKind::District,
                name: String::new(),
                path: String::new(),
            },
            division: division.to_owned(),
            unions: 1,
            progress: target(Projection::Unknown),
        };
        let tile = |division: &str, column, row| Tile {
            division: division.to_owned(),
            column,
            row,
        };
        let tiles = [tile("1", 2, 1), tile("2", 1, 3), tile("9", 9, 9)];
        let children = [child(1, "1"), child(2, ""), child(3, "2")];
        let map = map(&children, &tiles).unwrap();
        let placed: Vec<(i64, i64, usize)> = map
            .tiles
            .iter()
            .map(|tile| (tile.x, tile.y, tile.child))
            .collect();
        assert_eq!(placed, [(124, 0, 0), (0, 152, 2)]);
        assert_eq!((map.width, map.height), (248, 228));
        assert_eq!(super::map(&[child(4, "")], &tiles), None);
    }
}
