# Composite rate of two counties by survey::svycontrast; writes composite.json beside interviews.csv.
library(survey)
d <- read.csv("interviews.csv", na.strings = "", colClasses = c(county_code = "character", meets_standard = "character"))
known <- !is.na(d$meets_standard)
bad <- known & d$meets_standard == "False"
d$w <- 1 / (d$village_probability * d$household_probability)
d$s <- paste(d$county_code, d$stratum)
counts <- list(
  "451002" = c(poor = 1200, exited = 9000, unregistered = 61000, rural = 72000),
  "451022" = c(poor = 800, exited = 14000, unregistered = 90000, rural = 105000)
)
num <- function(x) paste0("[", paste(formatC(x, digits = 17, format = "g"), collapse = ", "), "]")
lines <- c()
for (k in names(counts)) {
  n <- counts[[k]]
  for (g in c("exited", "unregistered")) {
    here <- d$county_code == k & d$household_group == g
    d[[paste0("y_", g)]] <- ifelse(here & bad, d$household_size, 0)
    d[[paste0("x_", g)]] <- ifelse(here & known, d$household_size, 0)
  }
  design <- svydesign(ids = ~village_code, strata = ~s, weights = ~w, data = d)
  t <- svytotal(~ y_exited + x_exited + y_unregistered + x_unregistered, design)
  f <- substitute((poor + exited * y_exited / x_exited + unregistered * y_unregistered / x_unregistered) / rural,
    as.list(n)
  )
  r <- svycontrast(t, list(composite = f))
  lines <- c(lines, sprintf('  "%s": {"estimate": %s, "se": %s}', k, num(coef(r)), num(SE(r))))
}
meta <- sprintf('  "meta": "R %s, survey %s"', getRversion(), packageVersion("survey"))
writeLines(c("{", paste(c(meta, lines), collapse = ",\n"), "}"), "composite.json")
