#include "model/filter/geo_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace phenix::model {
namespace {

constexpr double kLatitudeMax = 90;
constexpr double kLongitudeMax = 180;
constexpr double kFullTurn = 360;

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

std::optional<GeoPoint> PointOf(ValueView latitude, ValueView longitude) {
  if (!IsNumber(latitude.type()) || !IsNumber(longitude.type())) return std::nullopt;
  const GeoPoint point{latitude.AsDouble(), longitude.AsDouble()};
  if (std::abs(point.latitude) > kLatitudeMax || std::abs(point.longitude) > kLongitudeMax) {
    return std::nullopt;
  }
  return point;
}

}  // namespace

std::optional<GeoPoint> ReadGeoPoint(ValueView value) {
  const ValueView latitude = value.Find("lat");
  if (latitude) return PointOf(latitude, value.Find("lon"));
  const ValueView type = value.Find("type");
  const ValueView coordinates = value.Find("coordinates");
  if (type.type() != ValueType::kString || type.AsString() != "Point" ||
      coordinates.type() != ValueType::kArray || coordinates.size() < 2) {
    return std::nullopt;
  }
  return PointOf(ElementAt(coordinates, 1), ElementAt(coordinates, 0));
}

double GeoDistanceMeters(GeoPoint a, GeoPoint b) {
  const double north = std::sin(Radians(b.latitude - a.latitude) / 2);
  const double east = std::sin(Radians(b.longitude - a.longitude) / 2);
  const double half_chord_squared =
      north * north + std::cos(Radians(a.latitude)) * std::cos(Radians(b.latitude)) * east * east;
  return 2 * kEarthRadiusMeters * std::asin(std::sqrt(std::min(1.0, half_chord_squared)));
}

bool GeoBox::Contains(GeoPoint point) const {
  if (point.latitude > top_left.latitude || point.latitude < bottom_right.latitude) return false;
  const bool east_of_west = point.longitude >= top_left.longitude;
  const bool west_of_east = point.longitude <= bottom_right.longitude;
  const bool crosses = top_left.longitude > bottom_right.longitude;
  return crosses ? east_of_west || west_of_east : east_of_west && west_of_east;
}

GeoPolygon::GeoPolygon(std::vector<GeoPoint> corners) : corners_(std::move(corners)) {
  for (std::size_t corner = 1; corner < corners_.size(); ++corner) {
    double& longitude = corners_[corner].longitude;
    const double before = corners_[corner - 1].longitude;
    while (longitude - before > kFullTurn / 2) longitude -= kFullTurn;
    while (longitude - before < -kFullTurn / 2) longitude += kFullTurn;
  }
}

bool GeoPolygon::ContainsExactly(double latitude, double longitude) const {
  bool inside = false;
  for (std::size_t corner = 0; corner < corners_.size(); ++corner) {
    const GeoPoint& a = corners_[corner];
    const GeoPoint& b = corners_[corner == 0 ? corners_.size() - 1 : corner - 1];
    if ((a.latitude > latitude) == (b.latitude > latitude)) continue;
    const double share = (latitude - a.latitude) / (b.latitude - a.latitude);
    if (longitude < a.longitude + share * (b.longitude - a.longitude)) inside = !inside;
  }
  return inside;
}

bool GeoPolygon::Contains(GeoPoint point) const {
  return ContainsExactly(point.latitude, point.longitude) ||
         ContainsExactly(point.latitude, point.longitude + kFullTurn) ||
         ContainsExactly(point.latitude, point.longitude - kFullTurn);
}

}  // namespace phenix::model
