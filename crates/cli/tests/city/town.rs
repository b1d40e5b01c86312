//! The tables that a city's office has before it begins: its federations and unions, and their chairs. The divisions are real, the rest is made up.

use std::fmt::Write;

use jiff::civil::Date;

/// The divisions of Changzhou, as they come with the program.
pub const DIVISIONS: &str = include_str!("../../../../demo/changzhou-divisions.csv");

/// Unions of the township whose sheets the story hands down.
pub const IN_TOWNSHIP: usize = 12;

/// The township, and its district.
pub const TOWNSHIP: &str = "红梅街道";
pub const DISTRICT: &str = "天宁区";

pub struct Union {
    pub name: String,
    pub chair: String,
    pub telephone: String,
    upper: String,
    division: String,
}

pub struct Town {
    pub unions: Vec<Union>,
    /// Code, name and division above of the townships, the story's first.
    townships: Vec<[String; 3]>,
    /// Code and name.
    districts: Vec<[String; 2]>,
}

impl Town {
    /// A town with so many unions, spread over all its townships but the first.
    pub fn of(unions: usize) -> Town {
        let rows: Vec<Vec<&str>> = DIVISIONS
            .lines()
            .map(|line| line.split(',').collect())
            .collect();
        let districts = rows.iter().filter(|row| row[2] == "district");
        // A zone's name may be nearly another's, about which an import asks.
        let is_township = |row: &&Vec<&str>| row[2] == "township" && row[3].ends_with(['道', '镇']);
        let mut townships: Vec<[String; 3]> = rows
            .iter()
            .filter(is_township)
            .map(|row| [row[0], row[3], row[1]].map(str::to_owned))
            .collect();
        townships.sort_by_key(|[_, name, _]| name != TOWNSHIP);
        let unions = (0..unions)
            .map(|place| {
                let [code, name, _] = if place < IN_TOWNSHIP {
                    &townships[0]
                } else {
                    &townships[1 + place % (townships.len() - 1)]
                };
                Union {
                    name: format!("常州第{}纺织厂工会", place + 1),
                    chair: name_of(place),
                    telephone: format!("138{:08}", place + 1),
                    upper: format!("{name}总工会"),
                    division: code.clone(),
                }
            })
            .collect();
        Town {
            districts: districts
                .map(|row| [row[0], row[3]].map(str::to_owned))
                .collect(),
            unions,
            townships,
        }
    }

    /// Rows of the table of unions.
    pub fn rows(&self) -> usize {
        self.districts.len() + self.townships.len() + self.unions.len()
    }

    /// Unions and townships, each of which has a chair.
    pub fn with_chair(&self) -> usize {
        self.townships.len() + self.unions.len()
    }

    /// Those of them in the story's district, without the unions of its township.
    pub fn elsewhere_in_district(&self) -> usize {
        let code = self.districts.iter().find(|[_, name]| name == DISTRICT);
        let [code, _] = code.expect("the district");
        let townships = self.townships.iter().filter(|[.., above]| above == code);
        let unions = self.unions[IN_TOWNSHIP..].iter();
        townships.count()
            + unions
                .filter(|union| union.division.starts_with(code))
                .count()
    }

    /// The table of unions; those of the story's township were founded on a day not long ago, so that no quarter without activities counts.
    pub fn table_of_unions(&self, founded_on: Date) -> String {
        let mut table = "工会名称,工会类型,上级工会,所在区划,联系电话,建会日期\n".to_owned();
        for [code, name] in &self.districts {
            let row = format!(
                "{name}总工会,辖市、区总工会,常州市总工会,{code},0519-8880{}",
                &code[2..]
            );
            let _ = writeln!(table, "{row},");
        }
        for [code, name, above] in &self.townships {
            let mut districts = self.districts.iter();
            let above = districts.find(|[code, _]| code == above);
            let [_, above] = above.expect("a township's district");
            let row = format!(
                "{name}总工会,镇（街道）总工会,{above}总工会,{code},0519-8881{}",
                &code[5..]
            );
            let _ = writeln!(table, "{row},");
        }
        for (place, union) in self.unions.iter().enumerate() {
            let Union {
                name,
                upper,
                division,
                ..
            } = union;
            let founded = if place < IN_TOWNSHIP {
                founded_on.to_string()
            } else {
                String::new()
            };
            let _ = writeln!(table, "{name},基层工会,{upper},{division},,{founded}");
        }
        table
    }

    /// The table of their chairs.
    pub fn table_of_people(&self) -> String {
        let mut table = "姓名,所在工会,身份,电话\n".to_owned();
        for union in &self.unions {
            let Union {
                name,
                chair,
                telephone,
                ..
            } = union;
            let _ = writeln!(table, "{chair},{name},工会主席,{telephone}");
        }
        table
    }
}

fn name_of(place: usize) -> String {
    let family: Vec<char> =
        "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹"
            .chars()
            .collect();
    let given: Vec<char> = "建国秀兰志强丽华明德海燕文静永康春梅平玉珍"
        .chars()
        .collect();
    [
        family[place % family.len()],
        given[place / family.len() % given.len()],
        given[place * 7 / 3 % given.len()],
    ]
    .iter()
    .collect()
}

/// A number as pages write it: `12,000`.
pub fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
