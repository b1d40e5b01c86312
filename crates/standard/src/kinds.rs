//! The closed sets of who is judged; they belong to the product, not to a programme.

use crate::keyed;
use crate::text::Lang;

keyed! {
    /// What is judged: a union of some kind, a branch (for small homes) or a person.
    pub enum Kind {
        Grassroots = "grassroots",
        /// Township or subdistrict federation.
        Township = "township",
        /// Federation of a development zone or park.
        Zone = "zone",
        /// Village or community federation.
        Village = "village",
        /// Regional or sectoral union below county level.
        Sector = "sector",
        /// Industry, bureau or company federation.
        Industry = "industry",
        /// Unit directly under the city.
        Direct = "direct",
        /// Branch or group under a grassroots union.
        Branch = "branch",
        Person = "person",
    }
}

impl Kind {
    /// Whether subjects of this kind belong to one employer; the others have none, so criteria for certain employers do not apply to them.
    pub fn has_employer(self) -> bool {
        matches!(self, Kind::Grassroots | Kind::Direct | Kind::Branch)
    }

    /// The kind in words.
    pub fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Kind::Grassroots) => "基层工会",
            (Lang::Zh, Kind::Township) => "镇（街道）总工会",
            (Lang::Zh, Kind::Zone) => "开发区（园区）总工会",
            (Lang::Zh, Kind::Village) => "村（社区）工会联合会",
            (Lang::Zh, Kind::Sector) => "区域性、行业性工会",
            (Lang::Zh, Kind::Industry) => "产业、局、公司工会联合会",
            (Lang::Zh, Kind::Direct) => "市直属单位工会",
            (Lang::Zh, Kind::Branch) => "分会、小组",
            (Lang::Zh, Kind::Person) => "个人",
            (Lang::En, Kind::Grassroots) => "Grassroots union",
            (Lang::En, Kind::Township) => "Township or subdistrict federation",
            (Lang::En, Kind::Zone) => "Development zone federation",
            (Lang::En, Kind::Village) => "Village or community federation",
            (Lang::En, Kind::Sector) => "Regional or sectoral union",
            (Lang::En, Kind::Industry) => "Industry, bureau or company federation",
            (Lang::En, Kind::Direct) => "Union of a unit directly under the city",
            (Lang::En, Kind::Branch) => "Branch or group",
            (Lang::En, Kind::Person) => "Person",
        }
    }
}

keyed! {
    /// The nature of the employer.
    pub enum Employer {
        Enterprise = "enterprise",
        /// A public institution that is run as an enterprise.
        InstitutionAsEnterprise = "institution-as-enterprise",
        Institution = "institution",
        Organ = "organ",
        Social = "social",
    }
}

impl Employer {
    /// The nature in words.
    pub fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Employer::Enterprise) => "企业",
            (Lang::Zh, Employer::InstitutionAsEnterprise) => "企业化管理的事业单位",
            (Lang::Zh, Employer::Institution) => "事业单位",
            (Lang::Zh, Employer::Organ) => "机关",
            (Lang::Zh, Employer::Social) => "社会组织",
            (Lang::En, Employer::Enterprise) => "Enterprise",
            (Lang::En, Employer::InstitutionAsEnterprise) => "Institution run as an enterprise",
            (Lang::En, Employer::Institution) => "Public institution",
            (Lang::En, Employer::Organ) => "Government organ",
            (Lang::En, Employer::Social) => "Social organisation",
        }
    }
}

keyed! {
    /// The post of a person.
    pub enum Post {
        /// Chair of the union.
        Chair = "chair",
        /// Worker of a grassroots union.
        Worker = "worker",
        /// Officer of a union body.
        Officer = "officer",
        /// Socially employed union worker.
        Social = "social",
    }
}

impl Post {
    /// The post in words.
    pub fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Post::Chair) => "工会主席",
            (Lang::Zh, Post::Worker) => "基层工会工作者",
            (Lang::Zh, Post::Officer) => "工会领导机关干部",
            (Lang::Zh, Post::Social) => "社会化工会工作者",
            (Lang::En, Post::Chair) => "Chair of the union",
            (Lang::En, Post::Worker) => "Grassroots union worker",
            (Lang::En, Post::Officer) => "Officer of a union body",
            (Lang::En, Post::Social) => "Socially employed union worker",
        }
    }
}

keyed! {
    /// The level at which a title was given, lowest first.
    pub enum HonourLevel {
        County = "county",
        City = "city",
        Province = "province",
        Nation = "nation",
    }
}
