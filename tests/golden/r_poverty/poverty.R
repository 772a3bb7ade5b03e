# Poverty and inequality of households.csv by survey and laeken. Run in this folder: Rscript poverty.R
suppressMessages({library(survey); library(laeken); library(jsonlite)})
x <- read.csv("households.csv"); RES <- list()
put <- function(key, est, se = NULL) RES[[key]] <<- list(est = I(as.vector(est)), se = if (!is.null(se)) I(as.vector(se)))
x$n <- x$size; x$poor <- x$size * (x$income <= x$line)
x$below <- x$size * (x$income < x$line)
x$gap <- x$poor * (x$line - x$income) / x$line; x$gap2 <- x$poor * ((x$line - x$income) / x$line)^2
x$watts <- x$poor * log(x$line / x$income)
for (v in c(-1, 0.5, 2)) x[[sub("-", "m", paste0("u", v))]] <- x$size * x$income^v
x$y <- x$size * x$income; x$l <- x$size * log(x$income); x$yl <- x$y * log(x$income)
k <- function(d, col, key) { r <- svyratio(as.formula(paste0("~", col)), ~n, d); put(key, coef(r), SE(r)) }
kb <- function(d, col, key, den = "n") { r <- svyby(as.formula(paste0("~", col)), ~region, d, svyratio, denominator = as.formula(paste0("~", den))); put(key, coef(r), SE(r)) }
D <- function(x) svydesign(id = ~village, strata = ~stratum, weights = ~weight, data = x)
d <- D(x)
for (p in list(c("poor", "fgt0"), c("below", "fgt0.below"), c("gap", "fgt1"), c("gap2", "fgt2"), c("watts", "watts"))) { k(d, p[1], p[2]); kb(d, p[1], paste0(p[2], ".region")) }
# functions of totals, by the delta method
t <- svytotal(~n + y + l + yl + um1 + u0.5 + u2, d)
con <- function(key, e) { r <- svycontrast(t, e); put(key, coef(r), SE(r)) }
con("theil", quote(yl / y - log(y / n))); con("mean_log_deviation", quote(log(y / n) - l / n))
con("ge2", quote((u2 / n * (y / n)^-2 - 1) / 2)); con("ge0.5", quote((u0.5 / n * (y / n)^-0.5 - 1) / -0.25)); con("ge-1", quote((um1 / n * (y / n) - 1) / 2))
con("atkinson0.5", quote(1 - (u0.5 / n)^2 * n / y)); con("atkinson1", quote(1 - exp(l / n) * n / y)); con("atkinson2", quote(1 - n / um1 * n / y))
# Gini: laeken's value; standard error of the total of Langel and Tillé's (2013) linearised variable
lingini <- function(x, w) { o <- order(x); r <- cumsum(w[o]); g <- cumsum((w * x)[o]); N <- sum(w); Y <- sum(w * x)
  G <- sum((w * (2 * cumsum(w[o])[order(o)] - w)) * x) / (N * Y) - 1
  z <- (2 * (r * x[o] - g) + Y - N * x[o] - G * (Y + N * x[o])) / (N * Y); list(G = G, z = z[order(o)]) }
lap <- function(v, w) gini(v, w)$value / 100
g <- lingini(x$income, x$weight * x$size); x$z <- x$size * g$z
put("gini", lap(x$income, x$weight * x$size), SE(svytotal(~z, D(x))))
gh <- lingini(x$income, x$weight); x$z <- gh$z; put("gini.households", lap(x$income, x$weight), SE(svytotal(~z, D(x))))
put("gini.region", sapply(split(x, x$region), function(s) lap(s$income, s$weight * s$size)))
# convey's definition, written out
cv <- function(x, w) { o <- order(x); x <- x[o]; w <- w[o]; sum((2 * cumsum(w) - 1) * x * w) / (sum(w) * sum(x * w)) - 1 }
put("gini.convey", cv(x$income, x$weight * x$size))
# Sen and Sen-Shorrocks-Thon from their parts, incomes and gaps as shares of the line
w <- x$weight * x$size; i <- x$income <= x$line; H <- sum(w[i]) / sum(w); gap <- sum(x$weight * x$gap) / sum(w); I <- gap / H
put("sen", H * (I + (1 - I) * lap((x$income / x$line)[i], w[i]))); put("sst", gap * (1 + lap(x$gap / x$size, w)))
# S80/S20: totals beyond laeken's quintiles; linearised variables of Langel and Tillé (2011) and, by kernels, Osier (2009)
q <- incQuintile(x$income, w); lo <- x$income <= q[1]; hi <- x$income > q[2]; S20 <- sum((w * x$income)[lo]); S80 <- sum((w * x$income)[hi]); R <- S80 / S20
N <- sum(w); m <- sum(w * x$income) / N; h <- sqrt(sum(w * (x$income - m)^2) / N) / N^0.2
ker <- function(q) { f <- dnorm((q - x$income) / h) * w; sum(f * x$income) / sum(f) }
lin <- function(a, b) { low <- lo * x$income - a * (lo - 0.2); high <- x$income - (!hi) * x$income + b * ((!hi) - 0.8); x$size * (high - R * low) / S20 }
x$z <- lin(q[1], q[2]); e <- SE(svytotal(~z, D(x))); x$z <- lin(ker(q[1]), ker(q[2])); put("s80s20", R, e); put("s80s20.kernel", R, SE(svytotal(~z, D(x))))
# several deprivations; weights in 18ths, poor from 6 on
W <- c(food = 6, school = 3, insurance = 3, house = 2, water = 2, power = 2); dep <- as.matrix(x[names(W)])
s <- as.vector(dep %*% W); x$mpoor <- x$size * (s >= 6); x$score <- x$mpoor * s / 18
for (v in names(W)) { x[[paste0("hd_", v)]] <- x$size * x[[v]]; x[[paste0("hdk_", v)]] <- x$mpoor * x[[v]]; x[[paste0("part_", v)]] <- x$mpoor * x[[v]] * W[[v]] / 18 }
x$north <- x$score * (x$region == "north"); d <- D(x)
kk <- function(col, den, key) { r <- svyratio(as.formula(paste0("~", col)), as.formula(paste0("~", den)), d); put(key, coef(r), SE(r)) }
kk("mpoor", "n", "H"); kk("score", "mpoor", "A"); kk("score", "n", "M0"); kk("north", "score", "group_contribution.north")
kb(d, "mpoor", "H.region"); kb(d, "score", "A.region", "mpoor"); kb(d, "score", "M0.region")
for (v in names(W)) { kk(paste0("hd_", v), "n", paste0("uncensored_headcount.", v)); kk(paste0("hdk_", v), "n", paste0("censored_headcount.", v)); kk(paste0("part_", v), "score", paste0("contribution.", v)) }
# change between the months
for (p in list(c("mpoor", "n", "H"), c("score", "mpoor", "A"), c("score", "n", "M0"), c("poor", "n", "fgt0"))) {
  b <- svyby(as.formula(paste0("~", p[1])), ~month, d, svyratio, denominator = as.formula(paste0("~", p[2])), covmat = TRUE)
  r <- svycontrast(b, quote(`2` - `1`)); put(paste0("change.", p[3]), coef(r), SE(r)); r <- svycontrast(b, quote(`2` / `1` - 1)); put(paste0("relative_change.", p[3]), coef(r), SE(r)) }
meta <- list(R = R.version.string, survey = as.character(packageVersion("survey")), laeken = as.character(packageVersion("laeken")), script = "poverty.R")
write_json(list(meta = meta, results = RES), "poverty.json", digits = I(17), auto_unbox = TRUE, pretty = TRUE, null = "null")
cat(length(RES), "results\n")
