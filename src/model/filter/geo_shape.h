// Places on Earth and shapes around them, for $geo_radius, $geo_box and $geo_polygon.
//
// Degrees of WGS 84 on a sphere of the mean Earth radius: distances are within 0.6 % of the
// ellipsoid. Source of the polygon test: ray casting (W. R. Franklin, PNPOLY) on longitudes made
// continuous along the ring, so a polygon may cross the 180th meridian.
#ifndef MODEL_FILTER_GEO_SHAPE_H_
#define MODEL_FILTER_GEO_SHAPE_H_

#include <optional>
#include <vector>

#include "model/value_view.h"

namespace phenix::model {

inline constexpr double kEarthRadiusMeters = 6'371'008.8;

/// Latitude from -90 to 90, longitude from -180 to 180, in degrees.
struct GeoPoint {
  double latitude = 0;
  double longitude = 0;
};

/// {"lat": 50.1, "lon": 14.4}, or GeoJSON {"type": "Point", "coordinates": [14.4, 50.1]}; nullopt
/// for anything else and out of range.
std::optional<GeoPoint> ReadGeoPoint(ValueView value);
/// Along the great circle (haversine), in meters.
double GeoDistanceMeters(GeoPoint a, GeoPoint b);

/// Everything at most `radius_meters` away.
struct GeoCircle {
  GeoPoint center;
  double radius_meters = 0;
  [[nodiscard]] bool Contains(GeoPoint point) const {
    return GeoDistanceMeters(center, point) <= radius_meters;
  }
};

/// Borders are inside. West beyond east crosses the 180th meridian.
struct GeoBox {
  GeoPoint top_left;
  GeoPoint bottom_right;
  [[nodiscard]] bool Contains(GeoPoint point) const;
};

/// At least three corners; edges are straight in degrees; the last corner is joined to the first. A
/// point on an edge may be on either side.
class GeoPolygon {
 public:
  explicit GeoPolygon(std::vector<GeoPoint> corners);
  [[nodiscard]] bool Contains(GeoPoint point) const;
  [[nodiscard]] const std::vector<GeoPoint>& corners() const { return corners_; }

 private:
  [[nodiscard]] bool ContainsExactly(double latitude, double longitude) const;

  std::vector<GeoPoint> corners_;  // longitudes continuous, may leave -180 to 180
};

}  // namespace phenix::model

#endif  // MODEL_FILTER_GEO_SHAPE_H_
